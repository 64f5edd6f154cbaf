/*
 * The pickup of one image at one generator: who may read it, and when it counts as delivered.
 *
 * The record below is the code's `generator.image.Pickup`, which is one immutable record in one atomic cell; so each of
 * its transitions is one `atomic` here. The image has two bytes, so that there is a first one and a last one, and each
 * can be the one that was never handed out. Two persons have the key. A response is a gateway that writes one stream to
 * one person: it may stop between any two steps, for ever or for a while, and report what it knows late, often or never.
 *
 * What is written is not received: a client may receive nothing from any byte on. What it receives, it receives when
 * that is handed out; to receive it later leads to nothing else, since only a report, which comes after, depends on it.
 *
 * Time is free: a claim by key alone does not wait until the live stream has stalled. What holds here holds for every
 * clock. The end of an image is left out: it only stops things.
 *
 * What keeps the states few: bytes move one at a time, since two at once are two steps with nothing between them; the
 * end of a response is one step with its first report; responses stand in the order in which they began, so that no two
 * states differ in their order alone; and what means nothing any more is 0.
 *
 * Mutants, each a macro: MARK_AFTER, NAIVE_FALL_BACK, NO_EPOCH_CHECK, KEEP_COVERAGE, STALE_SIZE, WRITTEN_COUNTS, and,
 * with SINGLE_CLAIMANT, SINGLE_FALLS_BACK. README.md says what each one does wrong.
 */

#define FIRST 1 /* sets of bytes */
#define LAST 2
#define WHOLE 3

#define PERSONS 2
#ifndef RESPONSES
#define RESPONSES 2 /* at once; there may be more, one after another */
#endif
#ifndef EPOCHS
#define EPOCHS 3
#endif
#ifndef STREAMS
#define STREAMS 3 /* in one epoch; no more than `given` has room for */
#endif

/* The record. */
mtype = { OPEN, CLAIMED, BOUND, DELIVERED };
mtype phase = OPEN;
byte epoch = 0;
byte claimant = 0;       /* the person who was shown this epoch's proof */
byte lastStream = 0;
byte covered = 0;        /* what the claimant is known to hold */
byte handedBefore = 0;   /* handed out by settled streams, and in earlier epochs */
byte given[4];           /* handed out by each unsettled stream of this epoch */

/* The image grows, and has its size when its last byte is there. */
bool complete = false;

#define first(bytes) ((bytes & FIRST) != 0 -> FIRST : LAST)

/* The responses that have not ended for good, in the order in which they began: the last one alone may be live. */
typedef Response {
  byte epoch;
  byte stream;
  byte gave;     /* what it was given */
  byte received; /* what its client has received; 0 once the client has missed something */
  byte inDoubt;  /* what was written, to the client's kernel or to nobody */
  bool ended;
#ifdef STALE_SIZE
  bool sized;    /* as it was when it ended */
#endif
};
Response responses[RESPONSES];
byte count = 0;
byte wanted = 0; /* what is still to be handed out on the live stream */
#define it responses[i]
#define newest responses[count - 1]
byte unmarked = 0; /* MARK_AFTER: what has left on the live stream, and is not recorded as handed out */

#define handedOut (handedBefore | covered | given[1] | given[2] | given[3])
#define isLive(e, s) (epoch == e && lastStream == s)

/* What is so, whatever the record says. */
byte has[PERSONS]; /* what a person has received */
byte said;         /* what the claimant said it holds, by where it began; it may be wrong */

#ifdef STALE_SIZE
#define SIZED it.sized
#else
#define SIZED complete
#endif

/* The properties. */
bool atMostOneWhole = true;
bool deliveredMeansHeld = true; /* or said to be held */
#ifdef SINGLE_CLAIMANT
bool singleClaimantAlone = true; /* nobody else gets a byte */
#endif

#ifdef REACH
bool fellBack = false; /* though all was written */
bool anotherDelivered = false;
#endif

inline check() {
  atMostOneWhole = !(has[0] == WHOLE && has[1] == WHOLE);
  assert(atMostOneWhole);
#ifdef SINGLE_CLAIMANT
  singleClaimantAlone = !(has[0] != 0 && has[1] != 0);
  assert(singleClaimantAlone);
#endif
#ifdef REACH
  anotherDelivered = (fellBack && phase == DELIVERED && epoch == 2);
  assert(!anotherDelivered)
#endif
}

/* The claimant holds it all, as far as the record knows. From here on its sets of bytes mean nothing. */
inline deliver() {
  deliveredMeansHeld = ((has[claimant] | said) == WHOLE);
  assert(deliveredMeansHeld);
  phase = DELIVERED;
  said = 0;
  covered = 0;
  handedBefore = 0;
  given[1] = 0;
  given[2] = 0;
  given[3] = 0
}

/* The proof is shown: the newest stream wins at once. */
inline claimByProof(holds) {
  if
  :: phase == DELIVERED -> skip
  :: else ->
    said = said | holds;
    covered = covered | (holds & handedOut)
  fi;
  lastStream++
}

/* The key alone: the next epoch. What was handed out stays so. */
inline claimByKey(who, holds) {
  said = holds;
  handedBefore = handedOut;
  given[1] = 0;
  given[2] = 0;
  given[3] = 0;
#ifdef KEEP_COVERAGE
  covered = covered | (holds & handedOut);
#else
  covered = holds & handedOut;
#endif
  epoch++;
  claimant = who;
  lastStream = 1;
  phase = CLAIMED
}

/* The live stream is about to be given bytes. */
inline handOut(bytes) {
  if
  :: phase == DELIVERED -> skip /* a re-read changes nothing */
  :: else ->
    given[lastStream] = given[lastStream] | bytes;
    if
#ifdef SINGLE_CLAIMANT
    :: true -> phase = BOUND
#else
    :: handedOut == WHOLE -> phase = BOUND
    :: else -> skip
#endif
    fi
  fi
}

/* A gateway's report of a response: its client has received `received`, and may have `inDoubt`, which contains that. If
   nothing is known to be received, the stream broke, and its end certainly is not. Without the size (`SIZED`) nothing is
   known to be whole. */
inline settle() {
  if
  :: phase == DELIVERED -> skip
#ifndef NO_EPOCH_CHECK
  :: phase != DELIVERED && it.epoch != epoch -> skip
#endif
  :: else ->
    if
    :: given[it.stream] == 0 || (it.inDoubt & ~given[it.stream]) != 0 ->
      skip /* settled before, or never handed out */
    :: else ->
#ifdef NAIVE_FALL_BACK
      if
      :: phase == BOUND && it.inDoubt != given[it.stream] -> phase = CLAIMED
      :: else -> skip
      fi;
#endif
      given[it.stream] = 0;
      covered = covered | it.received;
      if
      :: it.received == 0 && SIZED && (handedOut | it.inDoubt) == WHOLE ->
        handedBefore = handedBefore | (it.inDoubt & ~LAST) /* the last byte may be had again */
      :: else -> handedBefore = handedBefore | it.inDoubt
      fi;
      if
      :: covered == WHOLE && SIZED -> deliver()
#if !defined(SINGLE_CLAIMANT) || defined(SINGLE_FALLS_BACK)
      :: !(covered == WHOLE && SIZED) && phase == BOUND && !(handedOut == WHOLE && SIZED) ->
        phase = CLAIMED;
#ifdef REACH
        fellBack = fellBack || (it.inDoubt & LAST) != 0
#endif
#endif
      :: else -> skip
      fi
    fi
  fi;
  check()
}

/* What is asked for: all, or what follows the first byte, which one then says to hold. */
inline section() {
  if
  :: wanted = WHOLE
  :: wanted = LAST; piece = FIRST
  fi
}

inline begin() {
  responses[count].epoch = epoch;
  responses[count].stream = lastStream;
  count++;
  piece = 0;
  unmarked = 0
}

/* Any of the responses. */
inline pick() {
  do
  :: i < count - 1 -> i++
  :: break
  od
}

/* Nothing more is handed out on it. */
inline stop() {
  if
  :: isLive(it.epoch, it.stream) -> wanted = 0
  :: else -> skip
  fi
}

/* What a gateway has learned when a response has ended: that all is received, or that the end is not, because it broke.
   Both may be said of a stream that was cut before it was given the last byte. */
inline conclude() {
  stop();
#ifdef WRITTEN_COUNTS
  it.received = it.inDoubt;
#else
  if
  :: it.received == it.gave -> skip
  :: it.received != it.gave || (it.gave & LAST) == 0 -> it.received = 0
  fi;
#endif
  it.gave = 0;
  it.ended = true
}

inline forget() {
  stop();
  do
  :: i < count - 1 ->
    it.epoch = responses[i + 1].epoch;
    it.stream = responses[i + 1].stream;
    it.gave = responses[i + 1].gave;
    it.received = responses[i + 1].received;
    it.inDoubt = responses[i + 1].inDoubt;
    it.ended = responses[i + 1].ended;
#ifdef STALE_SIZE
    it.sized = responses[i + 1].sized;
    responses[i + 1].sized = false;
#endif
    i++
  :: else -> break
  od;
  it.epoch = 0;
  it.stream = 0;
  it.gave = 0;
  it.received = 0;
  it.inDoubt = 0;
  it.ended = false;
  count--
}

/* The persons' requests, and the gateways that answer them. */
active proctype Responses() {
  byte i;     /* within one step */
  byte piece; /* within one step */

end:
  do
  :: atomic { /* the proof is shown */
      phase != OPEN && lastStream < STREAMS && count < RESPONSES ->
      section();
      claimByProof(piece);
      begin()
    }
  :: atomic { /* or the key alone */
      (phase == OPEN || phase == CLAIMED) && epoch < EPOCHS && count < RESPONSES ->
      section();
      if
      :: claimByKey(0, piece)
      :: phase != OPEN -> claimByKey(1, piece) /* the first claimant is called 0 */
      fi;
      begin()
    }
#ifdef MARK_AFTER
  :: atomic { unmarked != 0 -> handOut(unmarked); unmarked = 0 }
#endif
  :: atomic { /* the next byte is handed out */
      wanted != 0 && (complete || (wanted & FIRST) != 0) && unmarked == 0 ->
      piece = first(wanted);
#ifdef MARK_AFTER
      unmarked = piece;
#else
      handOut(piece);
#endif
      wanted = wanted & ~piece;
      if
      :: newest.received == newest.gave -> /* written, and received */
        has[claimant] = has[claimant] | piece;
        newest.received = newest.received | piece;
        newest.inDoubt = newest.inDoubt | piece
      :: newest.inDoubt == newest.gave -> /* written, and never received */
        newest.received = 0;
        newest.inDoubt = newest.inDoubt | piece
      :: newest.received = 0 /* never written */
      fi;
      newest.gave = newest.gave | piece;
      piece = 0;
      check()
    }
  :: atomic { /* a response ends, or breaks, or was cut, and its gateway reports it, now or later, once or more */
      count != 0 ->
      pick();
      if
      :: !it.ended ->
        conclude();
#ifdef STALE_SIZE
        it.sized = complete;
        i = 0;
        goto end;
#endif
      :: else -> skip
      fi;
      settle();
      i = 0
    }
  :: atomic { /* nothing more is heard of it: it ended, or the gateway died */
      count != 0 ->
      pick();
      forget();
      i = 0
    }
  od
}

/* The function's last byte comes. */
active proctype Growing() {
  complete = true
}

/* The claimant begins at the end of the image, and so says that it holds all. */
active proctype AtTheEnd() {
end:
  do
  :: atomic { phase == BOUND && handedOut == WHOLE -> said = WHOLE; deliver(); check() }
  od
}

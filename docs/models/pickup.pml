/*
 * The pickup of one image at one generator: who may read it, and when it counts as delivered.
 *
 * The record below is the code's `generator.image.Pickup`, which is one immutable record in one atomic cell; so each of
 * its transitions is one `atomic` here. The image has two bytes, so that there is a first one and a last one, and each
 * can be the one that was never handed out. Two persons have the key. A `Response` is a gateway that writes one stream
 * to one person: it may stop between any two steps, for ever or for a while, and tell what it knows late, often or never.
 *
 * Time is free: a claim by key alone does not wait until the live stream has stalled. What holds here holds for every
 * clock. The end of an image is left out: it only stops things.
 *
 * Mutants, each a macro: MARK_AFTER, NAIVE_FALL_BACK, NO_EPOCH_CHECK, KEEP_COVERAGE, and, with SINGLE_CLAIMANT,
 * SINGLE_FALLS_BACK. README.md says what each one does wrong.
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
byte liveStream = 0;     /* 0: none */
byte covered = 0;        /* what the claimant is known to hold */
byte handedBefore = 0;   /* handed out by settled streams, and in earlier epochs */
byte given[4];           /* handed out by each unsettled stream of this epoch */

/* The image grows, and has its size when its last byte is there. */
bool complete = false;

#define handedOut (handedBefore | covered | given[1] | given[2] | given[3])
#define isLive(e, s) (epoch == e && liveStream == s)

/* What is so, whatever the record says. */
byte went[PERSONS]; /* what went out to a person */
byte said;          /* what the claimant said it holds, by where it began; it may be wrong */

/* The properties. */
bool atMostOneWhole = true;
bool deliveredMeansHeld = true; /* or said to be held */
#ifdef SINGLE_CLAIMANT
bool singleClaimantAlone = true; /* nobody else gets a byte */
#endif

#ifdef REACH
bool fellBack = false;
bool anotherDelivered = false;
#endif

inline check() {
  atMostOneWhole = !(went[0] == WHOLE && went[1] == WHOLE);
  assert(atMostOneWhole);
#ifdef SINGLE_CLAIMANT
  singleClaimantAlone = !(went[0] != 0 && went[1] != 0);
  assert(singleClaimantAlone);
#endif
#ifdef REACH
  anotherDelivered = (fellBack && phase == DELIVERED && epoch == 2);
  assert(!anotherDelivered)
#endif
}

/* The claimant holds it all, as far as the record knows. From here on its sets of bytes mean nothing. */
inline deliver() {
  deliveredMeansHeld = ((went[claimant] | said) == WHOLE);
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
  said = said | holds;
  covered = covered | (holds & handedOut);
  lastStream++;
  liveStream = lastStream
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
  liveStream = 1;
  phase = CLAIMED
}

/* The live stream is about to be given bytes. */
inline handOut(s, bytes) {
  if
  :: phase == DELIVERED -> skip /* a re-read changes nothing */
  :: else ->
    given[s] = given[s] | bytes;
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

/* A gateway's word: `wrote` certainly went out, and `perhaps` may have; it contains `wrote`. Without the size (`sized`)
   nothing is known to be whole. */
inline settle(e, s, wrote, perhaps, sized) {
  if
  :: phase == DELIVERED -> skip
#ifndef NO_EPOCH_CHECK
  :: phase != DELIVERED && e != epoch -> skip
#endif
  :: else ->
    if
    :: given[s] == 0 || (perhaps & ~given[s]) != 0 -> skip /* said before, or never handed out */
    :: else ->
#ifdef NAIVE_FALL_BACK
      if
      :: phase == BOUND && perhaps != given[s] -> phase = CLAIMED
      :: else -> skip
      fi;
#endif
      given[s] = 0;
      handedBefore = handedBefore | perhaps;
      covered = covered | wrote;
      if
      :: covered == WHOLE && sized -> deliver()
#if !defined(SINGLE_CLAIMANT) || defined(SINGLE_FALLS_BACK)
      :: !(covered == WHOLE && sized) && phase == BOUND && !(handedOut == WHOLE && sized) ->
        phase = CLAIMED;
#ifdef REACH
        fellBack = true
#endif
#endif
      :: else -> skip
      fi
    fi;
    if
    :: liveStream == s -> liveStream = 0
    :: else -> skip
    fi
  fi;
  check()
}

/* What is asked for: all, or what follows the first byte, which one then says to hold. */
inline section() {
  if
  :: wanted = WHOLE
  :: wanted = LAST; says = FIRST
  fi
}

inline forget() {
  person = 0;
  myEpoch = 0;
  myStream = 0;
  wrote = 0;
  perhaps = 0
}

/* One person's request and the gateway that answers it. */
active [RESPONSES] proctype Response() {
  byte person;
  byte myEpoch;
  byte myStream;
  byte wanted;  /* what is still to come */
  byte inHand;  /* what the gateway has, and has not written */
  byte wrote;   /* what certainly went out */
  byte perhaps; /* what may have gone out */
  byte says;    /* within one step */
  byte piece;   /* within one step */
#ifdef STALE_SIZE
  bool sized;   /* as it was before the word is taken */
#endif

end:
  do
  :: atomic {
      if
      :: phase != OPEN && lastStream < STREAMS ->
        person = claimant;
        section();
        claimByProof(says)
      :: (phase == OPEN || phase == CLAIMED) && epoch < EPOCHS ->
        if
        :: person = 0
        :: phase != OPEN -> person = 1 /* the first claimant is called 0 */
        fi;
        section();
        claimByKey(person, says)
      fi;
      says = 0;
      myEpoch = epoch;
      myStream = liveStream;
      check()
    };

    do
    :: atomic {
        wanted != 0 && isLive(myEpoch, myStream) && (complete || (wanted & FIRST) != 0) ->
        if
        :: wanted == WHOLE -> piece = FIRST
        :: complete -> piece = wanted
        fi;
#ifndef MARK_AFTER
        handOut(myStream, piece);
#endif
        wanted = wanted & ~piece;
        inHand = inHand | piece;
        piece = 0
      }
    :: atomic { /* a write completes */
        inHand != 0 ->
        if
        :: inHand == WHOLE -> piece = FIRST
        :: piece = inHand
        fi;
        went[person] = went[person] | piece;
        wrote = wrote | piece;
        perhaps = perhaps | piece;
        inHand = inHand & ~piece;
#ifndef MARK_AFTER
        piece = 0;
#endif
        check()
      }
#ifdef MARK_AFTER
      ;
      atomic {
        if
        :: isLive(myEpoch, myStream) -> handOut(myStream, piece)
        :: else -> skip
        fi;
        piece = 0
      }
#endif
    :: atomic { /* a write fails: any part of it may have gone out, but for its last byte */
        inHand == WHOLE ->
        perhaps = perhaps | FIRST;
        if
        :: went[person] = went[person] | FIRST
        :: skip
        fi;
        check();
        inHand = 0;
        wanted = 0;
        break
      }
    :: atomic { inHand = 0; wanted = 0; break } /* the end, or it breaks, or the stream was cut */
    od;

#ifdef STALE_SIZE
    sized = complete;
#define SIZED sized
#else
#define SIZED complete
#endif
    do
    :: atomic { settle(myEpoch, myStream, wrote, perhaps, SIZED) } /* once or more */
    :: atomic { forget(); break }                           /* or no more, or never: the gateway died */
    od
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

/*
 * The hand-off of one image, from an owner that drains to the generator at one peer address, under the same key.
 *
 * The owner may end at any moment. The peer may die at any moment and come back as a newer incarnation, with nothing in
 * its memory. A message, once sent, may arrive now, later, never, twice, and in any order: the network is the set of all
 * that was ever sent. Two persons have the key; each asks the owner or the peer at any time, since a gateway that
 * cannot reach the owner asks every generator. A person who is served anything is the image's claimant there, and the
 * claimant goes with the copy; how one generator treats its claimants is pickup.pml.
 *
 * Time is free here too: the owner gives up, and ends, whenever it likes.
 *
 * Mutants, each a macro: ABORT_THEN_COMMIT, BACK_WITHOUT_WORD, FORGET_ABORTED, SERVE_WHILE_MOVING,
 * INCARNATION_UNCHECKED, DEATH_IS_WORD, DROP_CLAIMED, FORGET_ENDED, COPY_WITHOUT_CLAIM. README.md says what each one
 * does wrong.
 */

#define TRANSFERS 2    /* attempts; each has an id of its own: 1, 2 */
#define INCARNATIONS 3 /* of the peer: 1, 2, 3 */
#define PERSONS 2
#define NOBODY 2

/* The owner. MOVING is the frozen image, which nobody is served: OFFERING, TRANSFERRING and ABORTING. */
mtype = { SERVING, OFFERING, TRANSFERRING, ABORTING, MOVED, ENDED };
mtype owner = SERVING;
byte transfer = 0; /* the present transfer's id */
byte ownerClaimant = NOBODY;

/* The peer. */
byte incarnation = 1;
byte copyOf = 0;          /* the transfer whose copy it owns; 0: none */
bool copyEnded = false;   /* delivered or expired since; it knows the id, and holds no bytes */
bool copyTouched = false; /* somebody was served here */
byte copyClaimant = NOBODY;
bool refused[TRANSFERS + 1]; /* aborted: a late copy is not taken */

/* What was sent to the peer; each message carries `addressed`, the incarnation that answered the transfer's offer. */
byte addressed[TRANSFERS + 1];
bool transferImage[TRANSFERS + 1]; /* to its last byte */
byte carried[TRANSFERS + 1];       /* the claimant in it */
bool abortTransfer[TRANSFERS + 1];

/* What was sent to the owner: by which incarnations, as bits. */
byte offerAnswered[TRANSFERS + 1];
byte stored[TRANSFERS + 1];
byte aborted[TRANSFERS + 1];
byte kept[TRANSFERS + 1];

#define bit(i) (1 << i)
#define newerThan(i) (14 & ~((2 << i) - 1)) /* 14: all incarnations */

#ifdef SERVE_WHILE_MOVING
#define ownerServes (owner != MOVED && owner != ENDED)
#else
#define ownerServes (owner == SERVING)
#endif

#ifdef ABORT_THEN_COMMIT
#define mayCommit (owner == TRANSFERRING || owner == ABORTING)
#else
#define mayCommit (owner == TRANSFERRING)
#endif

/*
 * An older incarnation's copy died with it. Whether it was served before is another question: only one that was never
 * whole was surely served to nobody.
 */
#ifdef DEATH_IS_WORD
#define deathIsWord(t) (true)
#else
#define deathIsWord(t) (!transferImage[t])
#endif

/* What is so. */
bool served[PERSONS]; /* by anybody, ever */

/* The properties. */
bool oneServes = true;   /* at each moment */
bool oneClaimant = true; /* over all time */
bool neverLost = true;  /* while both live: somebody holds it, or somebody was served */

#ifdef REACH
bool secondTryServed = false;
#endif

inline check() {
  oneServes = !(ownerServes && copyOf != 0);
  neverLost = !(owner == MOVED && copyOf == 0 && addressed[transfer] == incarnation && !served[0] && !served[1]);
  oneClaimant = !(served[0] && served[1]);
  assert(oneServes);
  assert(neverLost);
  assert(oneClaimant);
#ifdef REACH
  secondTryServed = (owner == MOVED && transfer == 2 && incarnation == 2 && copyTouched);
  assert(!secondTryServed)
#endif
}

active proctype Owner() {
  byte person;

end:
  do
  :: atomic { /* serves */
      ownerServes ->
      if
      :: ownerClaimant == NOBODY -> select(person : 0 .. 1)
      :: else -> person = ownerClaimant
      fi;
      ownerClaimant = person;
      served[person] = true;
      person = 0;
      check()
    }

  :: atomic { /* freezes; OfferImage */
      owner == SERVING && transfer < TRANSFERS ->
      transfer++;
      owner = OFFERING
    }
  :: atomic { /* the first answer names the incarnation of all that follows */
      owner == OFFERING && offerAnswered[transfer] != 0 ->
      if
      :: (offerAnswered[transfer] & bit(1)) != 0 -> addressed[transfer] = 1
      :: (offerAnswered[transfer] & bit(2)) != 0 -> addressed[transfer] = 2
      :: (offerAnswered[transfer] & bit(3)) != 0 -> addressed[transfer] = 3
      fi;
      owner = TRANSFERRING
    }
  :: atomic { owner == OFFERING -> owner = SERVING; check() } /* no copy can exist: no word is needed */

  :: atomic { /* TransferImage: its last byte goes out */
      owner == TRANSFERRING && !transferImage[transfer] ->
      carried[transfer] = ownerClaimant;
#ifdef COPY_WITHOUT_CLAIM
      carried[transfer] = NOBODY;
#endif
      transferImage[transfer] = true
    }
  :: atomic { /* STORED */
      mayCommit && (stored[transfer] & bit(addressed[transfer])) != 0 ->
      owner = MOVED;
      check()
    }

  :: atomic { /* gives up; AbortTransfer */
      owner == TRANSFERRING ->
      abortTransfer[transfer] = true;
      owner = ABORTING
    }
  :: atomic { /* KEPT */
      owner == ABORTING && (kept[transfer] & bit(addressed[transfer])) != 0 ->
      owner = MOVED;
      check()
    }
  :: atomic { /* ABORTED */
      owner == ABORTING && (aborted[transfer] & bit(addressed[transfer])) != 0 ->
      owner = SERVING;
      check()
    }
  :: atomic { /* ABORTED from a newer incarnation */
      owner == ABORTING && (aborted[transfer] & newerThan(addressed[transfer])) != 0 && deathIsWord(transfer) ->
      owner = SERVING;
      check()
    }
#ifdef BACK_WITHOUT_WORD
  :: atomic { owner == ABORTING -> owner = SERVING; check() }
#endif

  :: atomic { /* dies, or the grace is over: what it still serves or has frozen is lost */
      owner != ENDED ->
      owner = ENDED
    }
  od
}

/* The incarnation that is asked is the one that was meant. */
#ifdef INCARNATION_UNCHECKED
#define isMeant(t) (addressed[t] != 0)
#else
#define isMeant(t) (addressed[t] == incarnation)
#endif

inline arrives(t) {
  if
  :: copyOf == t -> stored[t] = stored[t] | bit(incarnation)
  :: copyOf == 0 && !refused[t] ->
    copyOf = t;
    copyClaimant = carried[t];
    stored[t] = stored[t] | bit(incarnation)
  :: else -> skip
  fi;
  check()
}

inline abort(t) {
  if
  :: !isMeant(t) -> aborted[t] = aborted[t] | bit(incarnation) /* an older one, and all that it held, is dead */
#ifndef DROP_CLAIMED
  :: isMeant(t) && copyOf == t && copyTouched -> kept[t] = kept[t] | bit(incarnation)
#endif
  :: else ->
    if
    :: copyOf == t -> copyOf = 0; copyClaimant = NOBODY; copyEnded = false; copyTouched = false
    :: else -> skip
    fi;
#ifndef FORGET_ABORTED
    refused[t] = true;
#endif
    aborted[t] = aborted[t] | bit(incarnation)
  fi;
  check()
}

active proctype Peer() {
  byte t;
  byte person;

end:
  do
  :: atomic { /* OfferImage, of the present transfer or an old one */
      transfer > 0 ->
      select(t : 1 .. transfer);
      offerAnswered[t] = offerAnswered[t] | bit(incarnation);
      t = 0
    }
  :: atomic { transferImage[1] && isMeant(1) -> arrives(1) }
  :: atomic { transferImage[2] && isMeant(2) -> arrives(2) }
  :: atomic { abortTransfer[1] -> abort(1) }
  :: atomic { abortTransfer[2] -> abort(2) }

  :: atomic { /* serves */
      copyOf != 0 && !copyEnded ->
      if
      :: copyClaimant == NOBODY -> select(person : 0 .. 1)
      :: else -> person = copyClaimant
      fi;
      copyClaimant = person;
      copyTouched = true;
      served[person] = true;
      person = 0;
      check()
    }
  :: atomic { /* delivered, and no longer held */
      copyTouched && !copyEnded ->
#ifdef FORGET_ENDED
      copyOf = 0;
      copyTouched = false;
      copyClaimant = NOBODY
#else
      copyEnded = true
#endif
    }

  :: atomic { /* dies, and comes back with nothing */
      incarnation < INCARNATIONS ->
      incarnation++;
      copyOf = 0;
      copyEnded = false;
      copyTouched = false;
      copyClaimant = NOBODY;
      refused[1] = false;
      refused[2] = false
    }
  od
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The protocol of libsubid-shim/cache.c, for Spin. cache-protocol.md says what is proven
 * and under which assumptions. spin.sh runs the model, and also broken copies of it.
 *
 * Each atomic { } is one step, which no other thread interrupts. It is one atomic operation
 * of the C code, or one access to shared memory, together with the local work around it.
 * "C: FUNCTION: OPERATION FIELD" names a function of cache.c and its atomic operation,
 * "C: FUNCTION" a step without one; a function of another file is followed by its file.
 * spin.sh compares these names with the code.
 *
 * spin.sh defines SEATS, READERS, WRITERS, LOOKUPS (of each reader, and twice as many of
 * each writer; 0: without end), FORK (1: a child is forked at any point; 2: likewise, and
 * the parent's threads stop there) and HANDLER (1: one more thread, which a signal handler
 * interrupts at any point of a lookup, to look up).
 */

#define CLAIMED 128
#define NONE 0
/* The index, and the one that is to replace it. */
#define MAPPINGS 2
/* In claim_seats() and release_seats(), until an index is built and again thereafter. */
#define STEPS_MAX (2 * SEATS)

#if FORK
#define PROCESSES 2
#else
#define PROCESSES 1
#endif
#define PARENT 0
#define CHILD 1

#if FORK == 2
#define GOES_ON provided (!forked)
#else
#define GOES_ON
#endif

/* The memory of a process p. Mappings are numbered from 1. */
byte seats[PROCESSES * SEATS];
byte index[PROCESSES];
bool building[PROCESSES];
bool mapped[PROCESSES * MAPPINGS];

#define SEAT(p, n) seats[(p) * SEATS + (n)]
#define MAPPED(p, n) mapped[(p) * MAPPINGS + (n) - 1]

/* For the assertions only. */
bool replacing[PROCESSES]; /* cache->index is written, or what it points to is unmapped */
byte looking[PROCESSES];   /* threads in a lookup */

#if FORK
byte forked_seats[SEATS]; /* of the child when it began */
bool forked;
#endif
#if HANDLER
bool can_interrupt;
bool interrupted;
byte interrupted_seat;
#endif

/* The variables of one thread; all are 0 between two lookups. */
#define LOCALS                                                                           \
	byte lookups, steps, mine, used, new, i, count;                                  \
	bool found, claimed, has_handler, is_handler;

/* In each of the two loops; the rest of a lookup is straight code. */
inline count_step()
{
	steps++;
	assert(steps <= STEPS_MAX) /* no lookup waits */
}

inline read_mapping(p, n)
{
	assert(MAPPED(p, n)) /* no freed index is read */
}

/* As soon as no thread is in a lookup. */
inline assert_quiet(p)
{
	do
	:: i < SEATS ->
#if FORK
		assert(p == PARENT || SEAT(p, i) == forked_seats[i]); /* the child's seats */
#endif
		assert(p != PARENT || SEAT(p, i) == 0); /* no seat stays taken */
		i++
	:: else -> i = 0; break
	od;
	if
	:: p == PARENT ->
		assert(!building[p]); /* the index can be replaced again */
		assert(MAPPED(p, 1) == (index[p] == 1)); /* no mapping is lost */
		assert(MAPPED(p, 2) == (index[p] == 2)) /* no mapping is lost */
	:: else
	fi
}

/* A thread may have any seat. A signal handler has the seat of its thread. */
inline begin_lookup(p)
{
	looking[p]++;
#if HANDLER
	if
	:: is_handler -> mine = interrupted_seat
	:: else -> select (mine : 0 .. SEATS - 1)
	fi;
	if
	:: has_handler -> interrupted_seat = mine; can_interrupt = true
	:: else
	fi
#else
	select (mine : 0 .. SEATS - 1)
#endif
}

inline end_lookup(p)
{
	steps = 0;
	mine = 0;
	found = false;
#if HANDLER
	if
	:: has_handler -> interrupted_seat = 0; can_interrupt = false
	:: else
	fi;
#endif
	looking[p]--;
	if
	:: looking[p] == 0 -> assert_quiet(p)
	:: else
	fi
}

/* Releases the first `count` seats; `count` is not 0. */
inline release_seats(p, was_replacing)
{
	do
	:: atomic {
		count_step();
		replacing[p] = replacing[p] && !was_replacing;
		/* C: release_seats: atomic_fetch_sub readers */
		SEAT(p, i) = SEAT(p, i) - CLAIMED;
		i++;
		if
		:: i == count -> i = 0; count = 0; break
		:: else
		fi
	   }
	od
}

/* Claims all seats, and counts them in `count`. If it cannot, it releases those that it has. */
inline claim_seats(p)
{
	do
	:: atomic {
		count_step();
		/* C: claim_seats: atomic_compare_exchange_strong readers */
		if
		:: SEAT(p, count) == 0 -> SEAT(p, count) = CLAIMED; count++
		:: else -> claimed = false; break
		fi;
		if
		:: count == SEATS -> claimed = true; break
		:: else
		fi
	   }
	od;
	if
	:: !claimed && count > 0 -> release_seats(p, false)
	:: else
	fi
}

/*
 * One lookup by a thread of process p.
 *
 * In the code, the counters of scans and failures decide whether it goes on at some points. In
 * the model it may do either, so neither the values of these counters nor their order matter.
 */
inline lookup(p, may_build)
{
	atomic {
		/* C: subid_cache_enter: atomic_load_explicit indexed */
		/* C: has_scanned: atomic_load_explicit failures */
		/* C: has_scanned: atomic_load_explicit scans */
		/* C: has_scanned: atomic_fetch_add_explicit scans */
		/* C: subid_stamp_of_path stamp.h */
		/* C: own_seat */
		begin_lookup(p);
		/* C: take_seat: atomic_fetch_add readers */
		found = SEAT(p, mine) < CLAIMED;
		SEAT(p, mine)++;
		if
		:: !found -> goto leave
		:: else
		fi
	}
	atomic {
		/* C: take_seat */
		assert(!replacing[p]); /* no index is read while it is replaced */
		used = index[p];
		if
		:: used == NONE -> found = false; goto leave
		:: else
		fi
	}
	atomic {
		/* C: subid_index_is_of index.c */
		/* C: subid_by_id subid.c */
		/* C: subid_by_owner subid.c */
		/* C: subid_by_position subid.c */
		read_mapping(p, used);
		used = NONE;
		if
		:: found = false /* the index of another version */
		:: found = may_build
		fi
	}
leave:
	atomic {
		/* C: subid_cache_leave: atomic_fetch_sub readers */
		SEAT(p, mine)--;
		if
		:: end_lookup(p); goto ended
		:: !found && may_build
		fi
	}
	atomic {
		/* C: build_index: atomic_exchange building */
		if
		:: building[p] -> end_lookup(p); goto ended
		:: else -> building[p] = true
		fi
	}

	/* C: build_index: atomic_store_explicit scans */

	/* C: try_to_index */
	claim_seats(p);
	if
	:: !claimed -> goto built
	:: else -> claimed = false
	fi;
	release_seats(p, false);
	atomic {
		steps = 0;
		/* C: subid_index_build index_build.c */
		if
		:: goto built /* a failure */
		:: new = 1
		fi;
		do
		:: new <= MAPPINGS && MAPPED(p, new) -> new++
		:: else -> break
		od;
		assert(new <= MAPPINGS); /* for a moment there are two */
		MAPPED(p, new) = true
	}

	/* C: replace_index */
	claim_seats(p);
	atomic {
		/* C: subid_index_free index.c */
		if
		:: !claimed -> MAPPED(p, new) = false; new = NONE; goto built
		:: else -> claimed = false
		fi;
		replacing[p] = true;
		if
		:: index[p] != NONE -> MAPPED(p, index[p]) = false
		:: else
		fi
	}
	atomic {
		/* C: replace_index */
		index[p] = new;
		new = NONE
	}
	release_seats(p, true);

	/* C: try_to_index: atomic_store_explicit failures */
	/* C: try_to_index: atomic_store_explicit indexed */
	/* C: try_to_index: atomic_load_explicit failures */
	/* C: try_to_index: atomic_fetch_add_explicit failures */
built:
	atomic {
		/* C: build_index: atomic_store building */
		building[p] = false;
		end_lookup(p)
	}
ended:
	skip
}

/* `most` lookups, or lookups without end if LOOKUPS is 0. */
inline look_up(p, may_build, most)
{
	do
	:: lookup(p, may_build)
#if LOOKUPS
	   lookups++;
	   if
	   :: lookups == most -> break
	   :: else
	   fi
#endif
	od
}

/* A thread for which the file is never worth an index. */
active [READERS] proctype reader() GOES_ON
{
	LOCALS
	look_up(PARENT, false, LOOKUPS)
}

/* Its first lookup may put an index in, and a later one may replace that. */
active [WRITERS] proctype writer() GOES_ON
{
	LOCALS
	look_up(PARENT, true, 2 * LOOKUPS)
}

#if HANDLER
active proctype interrupted_thread() provided (!interrupted)
{
	LOCALS
	has_handler = true;
	look_up(PARENT, true, 2 * LOOKUPS)
}

/* As often as there is a lookup to interrupt, and again while that is interrupted. */
active proctype handler()
{
	LOCALS
	is_handler = true;
end:	do
	:: atomic { can_interrupt -> interrupted = true }
	   lookup(PARENT, true);
	   interrupted = false
	od
}
#endif

#if FORK
/* The one thread that a child begins with. */
proctype child()
{
	LOCALS
	look_up(CHILD, true, 2 * LOOKUPS)
}

active proctype fork_child()
{
	byte i;
	atomic {
		do
		:: i < SEATS ->
			SEAT(CHILD, i) = SEAT(PARENT, i);
			forked_seats[i] = SEAT(PARENT, i);
			i++
		:: else -> break
		od;
		index[CHILD] = index[PARENT];
		building[CHILD] = building[PARENT];
		MAPPED(CHILD, 1) = MAPPED(PARENT, 1);
		MAPPED(CHILD, 2) = MAPPED(PARENT, 2);
		replacing[CHILD] = replacing[PARENT];
		forked = true;
		run child()
	}
}
#endif

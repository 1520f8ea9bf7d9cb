package main

import (
	"fmt"
	"math/bits"
	"sort"
	"strconv"
	"strings"
)

// An iptreemap of ipset 4: addresses, networks and ranges, kept and printed as ranges (ipset_iptreemap.c). The program below has no such type; its
// networks hold the same addresses.

type range4 struct{ first, last uint32 }

func (r range4) String() string {
	if r.first == r.last {
		return dotted4(r.first)
	}
	return dotted4(r.first) + "-" + dotted4(r.last)
}

func (s *ipset4) rangeOf(text string) range4 {
	if address, prefix, has := strings.Cut(text, "/"); has {
		n, err := strconv.Atoi(prefix)
		if err != nil || n < 0 || n > 32 {
			s.fail(2, "invalid mask `%s' specified", prefix)
		}
		mask := ^uint32(uint64(1)<<(32-n) - 1)
		return range4{s.ip(address) & mask, s.ip(address)&mask | ^mask}
	}
	from, to, has := strings.Cut(text, "-")
	if !has {
		to = from
	}
	return range4{s.ip(from), s.ip(to)}
}

// Ranges in order, neighbours as one.
func merged(ranges []range4) (all []range4) {
	sort.Slice(ranges, func(i, j int) bool { return ranges[i].first < ranges[j].first })
	for _, each := range ranges {
		if n := len(all); n > 0 && uint64(each.first) <= uint64(all[n-1].last)+1 {
			all[n-1].last = max(all[n-1].last, each.last)
		} else {
			all = append(all, each)
		}
	}
	return all
}

func without(ranges []range4, gone range4) (left []range4) {
	for _, each := range ranges {
		if each.last < gone.first || each.first > gone.last {
			left = append(left, each)
			continue
		}
		if each.first < gone.first {
			left = append(left, range4{each.first, gone.first - 1})
		}
		if each.last > gone.last {
			left = append(left, range4{gone.last + 1, each.last})
		}
	}
	return left
}

// The networks that a range is made of, as the program below has them: it takes no /0.
func (r range4) networks() (all []string) {
	for at, end := uint64(r.first), uint64(r.last); at <= end; {
		size := min(bits.TrailingZeros64(at|1<<31), bits.Len64(end-at+1)-1)
		all = append(all, fmt.Sprintf("%s/%d", dotted4(uint32(at)), 32-size))
		at += 1 << size
	}
	return all
}

func networksOf(ranges []range4) map[string]bool {
	all := map[string]bool{}
	for _, each := range ranges {
		for _, network := range each.networks() {
			all[network] = true
		}
	}
	return all
}

// The ranges of a set's members.
func (s *ipset4) rangesOf(members []string) (all []range4) {
	for _, member := range members {
		all = append(all, s.rangeOf(member))
	}
	return merged(all)
}

// -A and -D: what the set holds becomes what it is to hold.
func (s *ipset4) changeTreemap(c command4) {
	before := s.rangesOf(s.sets(c.name)[0].members)
	asked := s.rangeOf(c.word)
	left := without(append([]range4{}, before...), asked)
	after := merged(append(append([]range4{}, left...), asked))
	words := "already"
	if c.command == "-D" {
		after, words = left, "not"
	}
	was, is := networksOf(before), networksOf(after)
	if fmt.Sprint(merged(before)) == fmt.Sprint(merged(after)) {
		s.fail(1, "%s is %s in set %s.", c.word, words, c.name)
	}
	var text strings.Builder
	for network := range was {
		if !is[network] {
			fmt.Fprintf(&text, "del %s %s\n", c.name, network)
		}
	}
	for network := range is {
		if !was[network] {
			fmt.Fprintf(&text, "add %s %s\n", c.name, network)
		}
	}
	if _, stderr, code := s.run(s.program, "ipset", []string{"restore"}, text.String()); code != 0 {
		s.below(stderr, c.command)
	}
}

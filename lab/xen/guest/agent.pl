#!/usr/bin/perl
# The packet agent, in a guest (on its console, as its first process) and in an outside endpoint's namespace alike. Reads requests of one
# line, `ID VERB WORDS`, and answers each with `@ID ok WORDS` or `@ID error TEXT`; a request that comes twice is done once.
#
#   address DEVICE ADDRESS...        brings an interface up with these addresses (a guest's come with its kernel's command line)
#   lease DEVICE                     brings an interface up with what a DHCP server gives it; the address, or an error
#   send DEVICE HEX                  sends a frame as it is
#   expect HEX | got HEX             watches for exactly this frame; how often it came in since
#   flood NAME DEVICE MS HEX         sends a frame every so often, from now on; a guest's may come with its command line too
#   stop NAME                        ends a flood; how many were sent
#   counts                           name=number of the frames that came in with csp[name] in them, since the agent's start
#   echo tcp|udp 4|6 PORT            from now on sends back what comes to this port
#   boot                             the id of the kernel's boot
#   power off|restart                turns the guest off, or restarts it, half a second later
#   end                              ends the agent, half a second later; a guest without its first process panics
#   try tcp|udp|icmp FROM TO PORT MS TOKEN
#                                    sends the token as a program would: replied, refused or silent
use strict;
use warnings;
use Socket qw(:DEFAULT IPPROTO_TCP IPPROTO_UDP IPPROTO_ICMP IPPROTO_ICMPV6 IPPROTO_IPV6 IPV6_V6ONLY inet_pton pack_sockaddr_in6 SOCK_NONBLOCK);
use Time::HiRes qw(time sleep);
use Errno qw(EINPROGRESS ECONNREFUSED ECONNRESET EACCES);

# Linux's, which Socket.pm does not know.
use constant { PF_PACKET => 17, ETH_P_ALL => 3, PACKET_OUTGOING => 4, SIOCGIFINDEX => 0x8933, SO_RCVBUFFORCE => 33 };

$| = 1;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';

socket my $wire, PF_PACKET, SOCK_RAW | SOCK_NONBLOCK, unpack 'S', pack 'n', ETH_P_ALL or die "agent: no packet socket: $!\n";
setsockopt $wire, SOL_SOCKET, SO_RCVBUFFORCE, pack 'i', 4 << 20;

my (%counts, %expected, %floods, %echoes, %clients, %answers);

sub answer {
  my ($id, $text) = @_;
  $answers{$id} = $text;
  print "\@$id $text\n";
}

# The frame's way out: a sockaddr_ll with the device's number.
sub way {
  my ($device) = @_;
  my $request = pack 'a16 x24', $device;
  ioctl $wire, SIOCGIFINDEX, $request or die "no device $device: $!\n";
  return pack 'S n i S C C a8', PF_PACKET, ETH_P_ALL, unpack('x16 i', $request), 0, 0, 6, '';
}

sub bring_up {
  my ($device, @addresses) = @_;
  # Where children are not waited for, system() learns nothing of them.
  local $SIG{CHLD} = 'DEFAULT';
  for (1 .. 100) { last if system("ip link show $device >/dev/null 2>&1") == 0; sleep 0.1 }
  system "ip link set $device up";
  for (@addresses) { system 'ip', 'addr', 'add', $_, 'dev', $device }
  system "ip route add default dev $device 2>/dev/null; ip -6 route add default dev $device 2>/dev/null" if $device eq 'eth0';
}

sub lease {
  my ($device) = @_;
  local $SIG{CHLD} = 'DEFAULT';
  open my $script, '>', '/tmp/lease.sh' or die "lease.sh: $!\n";
  print $script '#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface"
ip route replace default via "$router" dev "$interface"
echo "$ip"
';
  close $script;
  chmod 0755, '/tmp/lease.sh';
  system "ip link set $device up";
  my $told = `udhcpc -f -n -q -t 5 -T 2 -i $device -s /tmp/lease.sh 2>/dev/null`;
  return $told =~ /^([\d.]+)$/m ? $1 : die "no server has answered\n";
}

sub flood {
  my ($name, $device, $ms, $hex) = @_;
  $floods{$name} = { device => $device, every => $ms / 1000, frame => pack('H*', $hex), next => time(), sent => 0 };
}

sub hear {
  while (defined(my $from = recv $wire, my $frame, 65536, 0)) {
    next if (unpack 'x10 C', $from) == PACKET_OUTGOING;
    $counts{$1}++ while $frame =~ /csp\[([\w.-]+)\]/g;
    $expected{$frame}++ if exists $expected{$frame};
  }
}

sub pour {
  my $now = time();
  my $wait = 0.2;
  for my $flood (values %floods) {
    while ($flood->{next} <= $now) {
      my $to = eval { way($flood->{device}) };
      # A device that is down or not yet there sends nothing; the flood goes on.
      $flood->{sent}++ if $to && defined send $wire, $flood->{frame}, 0, $to;
      $flood->{next} = $now if $now - $flood->{next} > 1;
      $flood->{next} += $flood->{every};
    }
    $wait = $flood->{next} - $now if $flood->{next} - $now < $wait;
  }
  return $wait;
}

sub address {
  my ($text, $port) = @_;
  return $text =~ /:/ ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $text)) : pack_sockaddr_in($port, inet_pton(AF_INET, $text));
}

sub serve {
  my ($proto, $family, $port) = @_;
  return if $echoes{"$proto$family$port"};
  my $made;
  socket $made, $family == 6 ? AF_INET6 : AF_INET, ($proto eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0 or die "socket: $!\n";
  setsockopt $made, SOL_SOCKET, SO_REUSEADDR, 1;
  setsockopt $made, IPPROTO_IPV6, IPV6_V6ONLY, 1 if $family == 6;
  bind $made, address($family == 6 ? '::' : '0.0.0.0', $port) or die "port $port: $!\n";
  listen $made, 64 if $proto eq 'tcp';
  $echoes{"$proto$family$port"} = { socket => $made, proto => $proto };
}

sub checksum {
  my ($data) = @_;
  my $sum = 0;
  $sum += $_ for unpack 'n*', length($data) % 2 ? "$data\0" : $data;
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}

sub try {
  my ($proto, $from, $to, $port, $ms, $token) = @_;
  my $end = time() + $ms / 1000;
  my $six = $to =~ /:/;
  my $number = $proto eq 'icmp' ? ($six ? IPPROTO_ICMPV6 : IPPROTO_ICMP) : 0;
  my $kind = { tcp => SOCK_STREAM, udp => SOCK_DGRAM, icmp => SOCK_RAW }->{$proto} or die "no protocol $proto\n";
  my $made;
  socket $made, $six ? AF_INET6 : AF_INET, $kind | SOCK_NONBLOCK, $number or die "socket: $!\n";
  bind $made, address($from, 0) or die "cannot send from $from: $!\n";
  my ($request, $reply) = $six ? (128, 129) : (8, 0);
  my $body = pack('n n', $$ & 0xffff, 1) . $token;
  my $message = $proto ne 'icmp' ? $token : pack('C C n', $request, 0, $six ? 0 : checksum(pack('C C n', $request, 0, 0) . $body)) . $body;
  my $ready = sub {
    my ($what) = @_;
    my $left = $end - time();
    my $bits = '';
    vec($bits, fileno $made, 1) = 1;
    return $left > 0 && ($what eq 'write' ? select undef, $bits, undef, $left : select $bits, undef, undef, $left) > 0;
  };
  my $refused = sub { $! == ECONNREFUSED || $! == ECONNRESET || $! == EACCES };
  unless (connect $made, address($to, $proto eq 'icmp' ? 0 : $port)) {
    return 'refused' if $refused->();
    return 'silent' if $! != EINPROGRESS || !$ready->('write');
    $! = unpack 'i', getsockopt $made, SOL_SOCKET, SO_ERROR;
    return $refused->() ? 'refused' : 'silent' if $! != 0;
  }
  my ($data, $answered) = ('', '');
  while (time() < $end) {
    return 'refused' if !defined(send $made, $message, 0) && $refused->();
    # A datagram may be lost while the neighbour is asked for: sent again.
    my $again = $proto eq 'tcp' ? $end : time() + 0.5;
    while (time() < $again && $ready->('read')) {
      unless (defined recv $made, $data, 65536, 0) {
        return 'refused' if $refused->();
        last;
      }
      return 'silent' if $proto eq 'tcp' && $data eq '';
      if ($proto eq 'icmp') {
        $data = substr $data, (ord($data) & 15) * 4 unless $six;
        next if ord($data) == $request;
        return 'replied' if ord($data) == $reply && index($data, $token) >= 0;
        next;
      }
      $answered .= $data;
      return 'replied' if index($answered, $token) >= 0;
    }
    last if $proto eq 'tcp';
  }
  return 'silent';
}

my %verbs = (
  address => sub { bring_up(@_); '' },
  lease => sub { lease(@_) },
  send => sub { my ($device, $hex) = @_; defined send $wire, pack('H*', $hex), 0, way($device) or die "not sent: $!\n"; '' },
  expect => sub { $expected{ pack 'H*', $_[0] } = 0; '' },
  got => sub { hear(); $expected{ pack 'H*', $_[0] } // 0 },
  counts => sub { hear(); join ' ', map {"$_=$counts{$_}"} sort keys %counts },
  flood => sub { flood(@_); '' },
  stop => sub { (delete $floods{ $_[0] } // { sent => 0 })->{sent} },
  echo => sub { serve(@_); '' },
  boot => sub { open my $file, '<', '/proc/sys/kernel/random/boot_id' or die "boot_id: $!\n"; chomp(my $id = <$file>); $id },
  power => sub {
    my $program = { off => '/sbin/poweroff', restart => '/sbin/reboot' }->{ $_[0] } or die "no power $_[0]\n";
    die "not a guest\n" if $$ != 1;
    exec '/bin/sh', '-c', "sleep 0.5; exec $program" unless fork;
    '';
  },
  end => sub { $SIG{ALRM} = sub { exit 1 }; Time::HiRes::alarm(0.5); '' },
);

sub obey {
  my ($line) = @_;
  $line =~ s/[\r\n]//g;
  my ($id, $verb, @words) = split ' ', $line;
  return unless defined $verb && $id =~ /^[0-9a-f]+$/;
  if (exists $answers{$id}) {
    print "\@$id $answers{$id}\n" if defined $answers{$id};
    return;
  }
  $answers{$id} = undef;
  if ($verb eq 'try') {
    my $child = fork;
    return answer($id, "error fork: $!") unless defined $child;
    # What the child answers is not remembered.
    return if $child;
    my $result = eval { try(@words) };
    chomp(my $problem = $@);
    print defined $result ? "\@$id ok $result\n" : "\@$id error $problem\n";
    exit 0;
  }
  my $work = $verbs{$verb} or return answer($id, "error unknown request $verb");
  my $result = eval { $work->(@words) };
  chomp(my $problem = $@);
  answer($id, defined $result ? "ok $result" : "error $problem");
}

# As a guest's first process: what the kernel's command line says.
if ($$ == 1) {
  open my $file, '<', '/proc/cmdline' or die;
  my $line = <$file>;
  for (split ' ', $line) {
    bring_up(split /,/, $1) if /^lab\.if=(.*)/;
    flood(split /,/, $1) if /^lab\.flood=(.*)/;
  }
}

my $input = '';
while (1) {
  my $wait = pour();
  my $bits = '';
  vec($bits, fileno $_, 1) = 1 for \*STDIN, $wire, (map { $_->{socket} } values %echoes), values %clients;
  select $bits, undef, undef, $wait > 0 ? $wait : 0;
  hear();
  for my $echo (values %echoes) {
    next unless vec $bits, fileno $echo->{socket}, 1;
    if ($echo->{proto} eq 'tcp') {
      while (accept my $client, $echo->{socket}) { $clients{ fileno $client } = $client }
    } else {
      while (defined(my $from = recv $echo->{socket}, my $data, 65536, 0)) { send $echo->{socket}, $data, 0, $from }
    }
  }
  for my $number (keys %clients) {
    my $client = $clients{$number};
    next unless vec $bits, $number, 1;
    if (sysread $client, my $data, 65536) { syswrite $client, $data } else { delete $clients{$number}; close $client }
  }
  if (vec $bits, fileno STDIN, 1) {
    if (sysread STDIN, $input, 65536, length $input) {
      obey($1) while $input =~ s/^([^\n]*)\n//;
    } elsif ($$ != 1) {
      # Whoever asked is gone. A guest's console only hung up for a moment.
      exit 0;
    } else { sleep 0.1 }
  }
}

#!/usr/bin/perl
# guest-call SECONDS NAME REQUEST...: one request to the agent in a guest, over its console, so that no firewall is in the way. Prints the
# answer; status 1 when the agent says it cannot, 124 when none came. The guest may still be booting: asks again until it answers.
use strict;
use warnings;
use Fcntl qw(:flock O_RDWR O_NOCTTY);
use Time::HiRes qw(time sleep);

my ($seconds, $name, @request) = @ARGV;
my $end = time() + $seconds;
open my $lock, '>', "/run/lock/guest-call-$name" or die "guest-call: $!\n";
flock $lock, LOCK_EX;
my $id = sprintf '%x%x', $$, time() * 1000 % 2**31;
my ($tty, $console, $said, $asked) = ('', undef, '', 0);
while (time() < $end) {
  unless ($console) {
    chomp(my $domain = `xl domid $name 2>/dev/null`);
    chomp($tty = $domain eq '' ? '' : `xenstore-read /local/domain/$domain/console/tty 2>/dev/null`);
    if ($tty eq '' || !sysopen $console, $tty, O_RDWR | O_NOCTTY) { undef $console; sleep 0.2; next }
    system 'stty', '-F', $tty, 'raw', '-echo';
    ($said, $asked) = ('', 0);
  }
  # An agent does a request that comes twice once.
  if (time() - $asked > 3) { syswrite $console, "\n$id @request\n"; $asked = time() }
  my $ready = '';
  vec($ready, fileno $console, 1) = 1;
  next unless select $ready, undef, undef, 0.2;
  # The domain went away.
  unless (sysread $console, $said, 65536, length $said) { close $console; undef $console; next }
  next unless $said =~ /\@$id (ok|error) ?([^\r\n]*)\r?\n/;
  print "$2\n";
  exit($1 eq 'ok' ? 0 : 1);
}
print STDERR "guest-call: no answer from $name\n";
exit 124;

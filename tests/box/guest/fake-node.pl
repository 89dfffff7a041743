#!/usr/bin/perl
# A beacon node and its execution client at their usual ports: a chain of empty blocks, as far as an agent asks for it. In Perl, the one language that a
# clean Debian has.   fake-node.pl GENESIS-TIME [ADDRESS [SECONDS]]: its clock is so many seconds ahead of this machine's.
use strict;
use warnings;
use IO::Socket::INET;

my $genesis = shift;
my $address = shift // '127.0.0.1';
my $ahead = shift // 0;
my $seconds = 12;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
$| = 1;

sub hash { my ($kind, $slot) = @_; return sprintf '0x%s%062x', $kind, $slot }
sub slot_now { return int((time + $ahead - $genesis) / $seconds) }

sub beacon {
  my ($path, $out) = @_;
  my $slot = slot_now();
  return stream($out) if $path =~ m{^/eth/v1/events};
  $path =~ s/\?.*//;
  my %data = (
    '/eth/v1/node/version' => '{"version":"Lighthouse/v5.3.0-0000000/x86_64-linux"}',
    '/eth/v1/node/health' => '{}',
    '/eth/v1/node/syncing' => qq({"head_slot":"$slot","sync_distance":"0","is_syncing":false,"is_optimistic":false,"el_offline":false}),
    '/eth/v1/node/peer_count' => '{"disconnected":"0","connecting":"0","connected":"50","disconnecting":"0"}',
    '/eth/v1/config/spec' => qq({"CONFIG_NAME":"fake","SECONDS_PER_SLOT":"$seconds","SLOTS_PER_EPOCH":"32","INTERVALS_PER_SLOT":"3","DEPOSIT_CHAIN_ID":"1337"}),
    '/eth/v1/beacon/genesis' => sprintf('{"genesis_time":"%s","genesis_validators_root":"%s","genesis_fork_version":"0x00000000"}', $genesis, hash('aa', 1)),
    '/eth/v1/beacon/headers/head' => sprintf(
      '{"root":"%s","canonical":true,"header":{"message":{"slot":"%d","proposer_index":"1","parent_root":"%s","state_root":"%s","body_root":"%s"},"signature":"0x%s"}}',
      hash('b0', $slot), $slot, hash('b0', $slot - 1), hash('c0', $slot), hash('d0', $slot), '00' x 96),
  );
  return qq({"execution_optimistic":false,"finalized":false,"data":$data{$path}}) if $data{$path};
  if ($path =~ m{^/eth/v1/beacon/blinded_blocks/(head|0x[0-9a-f]+)$}) {
    my $of = $1 eq 'head' || $1 eq hash('b0', $slot) ? $slot : $1 eq hash('b0', $slot - 1) ? $slot - 1 : undef;
    return sprintf '{"version":"electra","data":{"message":{"slot":"%d","body":{"execution_payload_header":{"parent_hash":"%s","block_hash":"%s"}}}}}',
      $of, hash('e0', $of - 1), hash('e0', $of) if defined $of;
  }
  return undef;
}

sub stream {
  my ($out) = @_;
  print $out "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n:\n\n";
  my $told = slot_now();
  while (1) {
    select undef, undef, undef, 0.2;
    my $slot = slot_now();
    next if $slot == $told;
    $told = $slot;
    printf $out "event: head\ndata: {\"slot\":\"%d\",\"block\":\"%s\",\"state\":\"%s\",\"epoch_transition\":%s,\"previous_duty_dependent_root\":\"%s\","
      . "\"current_duty_dependent_root\":\"%s\",\"execution_optimistic\":false}\n\n",
      $slot, hash('b0', $slot), hash('c0', $slot), $slot % 32 ? 'false' : 'true', hash('f0', 1), hash('f0', 1) or exit;
  }
}

sub execution {
  my ($body) = @_;
  my $slot = slot_now();
  my $block = sprintf '{"hash":"%s","parentHash":"%s","number":"0x%x","timestamp":"0x%x"}', hash('e0', $slot), hash('e0', $slot - 1), $slot, $genesis + $slot * $seconds;
  my %result = (
    eth_syncing => 'false', eth_chainId => '"0x539"', net_peerCount => '"0x19"', eth_blockNumber => sprintf('"0x%x"', $slot),
    web3_clientVersion => '"Geth/v1.14.11-stable-00000000/linux-amd64/go1.23.1"', eth_getBlockByNumber => $block,
  );
  my @answers;
  for my $call ($body =~ /(\{[^{}]*\})/g) {
    my ($method) = $call =~ /"method"\s*:\s*"(\w+)"/;
    my ($id) = $call =~ /"id"\s*:\s*("[^"]*"|\d+)/;
    my $result = $method eq 'eth_getBlockByHash' ? (index($call, hash('e0', $slot)) >= 0 ? $block : 'null') : $result{$method};
    push @answers, qq({"jsonrpc":"2.0","id":$id,) . (defined $result ? qq("result":$result}) : qq("error":{"code":-32601,"message":"there is no $method"}}));
  }
  return $body =~ /^\s*\[/ ? '[' . join(',', @answers) . ']' : $answers[0];
}

sub serve {
  my ($port, $answer) = @_;
  my $listener = IO::Socket::INET->new(LocalAddr => $address, LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "port $port: $!";
  while (1) {
    my $client = $listener->accept or next;
    next if fork;
    close $listener;
    $client->autoflush(1);
    while (defined(my $line = <$client>)) {
      my ($method, $path) = $line =~ m{^(\w+) (\S+) HTTP} or exit;
      my $length = 0;
      while (defined(my $header = <$client>)) {
        last if $header =~ /^\r?\n$/;
        $length = $1 if $header =~ /^content-length:\s*(\d+)/i;
      }
      my $body = '';
      read $client, $body, $length if $length;
      my $said = $answer->($path, $client, $body);
      printf $client "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        defined $said ? '200 OK' : '404 Not Found', length($said // '{"code":404,"message":"not here"}'), $said // '{"code":404,"message":"not here"}';
    }
    exit;
  }
}

if (fork) { serve(5052, \&beacon) } else { serve(8545, sub { execution($_[2]) }) }

using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// An execution client that dies or hangs, behind each client's beacon node, in virtual time with the slots of mainnet: found within one slot, and not by trust in
/// one flag. The beacon node goes on answering with its last head; el_offline is its profile's, or lies in each way that there is.
/// </summary>
public sealed class OutageTests
{
    private static readonly DateTimeOffset Genesis = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ChainSpec Mainnet = new()
    {
        ConfigName = "mainnet", GenesisTime = Genesis, GenesisValidatorsRoot = RootOf("genesis"), SlotDuration = TimeSpan.FromSeconds(12), SlotsPerEpoch = 32,
        AttestationDue = TimeSpan.FromSeconds(4), AggregateDue = TimeSpan.FromSeconds(8), DepositChainId = 1,
    };

    public static TheoryData<string, string, bool> Outages
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var client in ClientProfile.Clients)
                foreach (var flag in new[] { "its own", "true", "false", "absent" })
                    foreach (var hung in new[] { false, true })
                        data.Add(client.Name, flag, hung);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public void An_outage_is_found_within_one_slot_whatever_the_flag_says(string client, string flag, bool hung)
    {
        var profile = ClientProfile.Named(client);
        // Wherever in the slot it begins.
        for (var second = 0; second < 12; second++)
        {
            var box = new Box(profile, flag);
            box.Run(until: 12 * 5 + second);
            Assert.Equal((Tier.Healthy, "primary"), (box.TierOf("primary"), box.Serving));
            box.Outage = hung ? ExecutionLink.Hung : ExecutionLink.Gone;
            box.Run(until: 12 * 6 + second);
            Assert.Equal((Tier.Suspect, "secondary"), (box.TierOf("primary"), box.Serving));
        }
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("absent")]
    public void An_execution_client_that_is_well_stays_so_whatever_the_flag_says(string flag)
    {
        foreach (var profile in ClientProfile.Clients)
        {
            var box = new Box(profile, flag);
            box.Run(until: 12 * 20);
            Assert.Equal((Tier.Healthy, "primary"), (box.TierOf("primary"), box.Serving));
            Assert.False(box.Moved);
        }
    }

    private static Root RootOf(string seed) => Root.TryParse(FakeChain.Hash(seed), out var root) ? root : throw new InvalidOperationException();

    /// <summary>Two stacks that are probed every quarter of a slot; each slot brings a block after one second.</summary>
    private sealed class Box
    {
        private readonly ClientProfile profile;
        private readonly string flag;
        private int now;
        private ulong primaryHead;
        private Judge judge;

        public Box(ClientProfile profile, string flag)
        {
            (this.profile, this.flag) = (profile, flag);
            judge = Judge.Start(new EdgeConfig { Stacks = [Stack("primary"), Stack("secondary")] }, Genesis);

            static StackConfig Stack(string name) =>
                new() { Name = name, BeaconNode = new Uri("http://127.0.0.1:5052"), ExecutionClient = new Uri("http://127.0.0.1:8545") };
        }

        public ExecutionLink Outage { get; set; }
        public bool Moved { get; private set; }
        public string? Serving => judge.Snapshot.Serving;

        public Tier TierOf(string name) => judge.Snapshot.Stacks.Single(s => s.Name == name).Tier;

        /// <param name="until">Seconds since genesis.</param>
        public void Run(int until)
        {
            for (; now < until; now++)
            {
                var head = (ulong)Math.Max(0, now - 1) / 12;
                if (Outage == ExecutionLink.InStep)
                    primaryHead = head;
                var at = Genesis.AddSeconds(now);
                if (now % 3 == 0)
                {
                    See(Beacon("primary", primaryHead, at, flag switch { "true" => true, "false" => false, "absent" => null, _ => profile.ElOffline(Outage) }), at);
                    if (Outage == ExecutionLink.InStep)
                        See(Execution("primary", head, at), at);
                    else if (Outage == ExecutionLink.Gone)
                        See(new ExecutionSeen("primary", new ExecutionReading { At = at, Reach = Reach.Unreachable, Problem = "connection refused" }), at);
                    See(Beacon("secondary", head, at, false), at);
                    See(Execution("secondary", head, at), at);
                }
                // One that hangs costs the probe its time limit of a second.
                if (now % 3 == 1 && Outage == ExecutionLink.Hung)
                    See(new ExecutionSeen("primary", new ExecutionReading { At = at, Reach = Reach.Silent, Problem = "no answer within 1 s" }), at);
            }
        }

        private void See(Observation seen, DateTimeOffset at)
        {
            var before = Serving;
            judge = judge.Next(seen, at);
            Moved |= before is not null && before != Serving;
        }

        private static BeaconSeen Beacon(string stack, ulong head, DateTimeOffset at, bool? offline) => new(stack, new BeaconReading
        {
            At = at, Reach = Reach.Ok, Head = new Head(new Slot(head), RootOf($"block {head}"), false), ExecutionHash = RootOf($"payload {head}"),
            ElOffline = offline, Peers = 50, Spec = Mainnet,
        });

        private static ExecutionSeen Execution(string stack, ulong head, DateTimeOffset at) => new(stack, new ExecutionReading
        {
            At = at, Reach = Reach.Ok, LatestHash = RootOf($"payload {head}"), LatestNumber = head, LatestTime = Genesis.AddSeconds(12 * head), ChainId = 1,
        });
    }
}

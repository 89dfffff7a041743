using System.Collections.Concurrent;
using System.Globalization;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core;
using DVStakers.Edge.Tests.Core.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>A box with two nodes and a peer's, and its gateway: the real one, from the request on. The share of each borrower is given anew before it is used up.</summary>
internal sealed class LentBox : IDisposable
{
    /// <summary>Of one gateway: less than its share allows at once.</summary>
    private const int PerGateway = 1000;

    /// <summary>What is answered may still be sent to a second node.</summary>
    private const int Remembered = 50_000;

    private readonly ConcurrentDictionary<long, Asked> requests = [];
    private readonly Upstream upstream;
    private readonly NodeClient[] own;
    private readonly Lender lender;
    private readonly Tally tally;
    private readonly Failures failures;
    private readonly CertifiedCluster cluster = new("kili", "nuc-1", "meru");
    private readonly Membership membership;
    private readonly Roster roster;
    private Agent.Proxy.Gateway gateway, before;
    private long number;
    private int used;

    public LentBox(Tally tally, Failures failures)
    {
        (this.tally, this.failures) = (tally, failures);
        upstream = new Upstream(Reached, rule => failures.Add("gateway", tally.Inputs, rule, []));
        own = [new NodeClient("home-a", upstream.Address), new NodeClient("home-b", upstream.Address)];
        StackStatus[] stacks = [Snapshots.Stack("home-a", Tier.Healthy, "well"), Snapshots.Stack("home-b", Tier.Healthy, "well"), Snapshots.Stack("meru", Tier.Healthy, "well") with { Peer = "meru" }];
        State = new SnapshotFeed(Snapshots.Of(stacks) with { Ranking = [.. stacks.Select((s, i) => new RankedStack(i + 1, s.Name, s.Tier, s.Reason) { IsPeer = s.Peer is not null })] });
        lender = new Lender(State, own, new ProxyCounts(), TimeProvider.System, new LentLog(NullLogger.Instance));
        membership = cluster.Of("nuc-1");
        // So that it has one with a signature to give.
        if (!membership.Adopt(cluster.Without("meru").Signed, out var why))
            throw new InvalidOperationException(why);
        roster = membership.Roster;
        (gateway, before) = (New(), New());
    }

    public SnapshotFeed State { get; }
    public IReadOnlyList<NodeClient> Own => own;

    /// <summary>One of those that something is lent to.</summary>
    public static Borrower Borrower(int which) => new($"box-{which % 8}", "", DateTimeOffset.MaxValue);

    public static readonly Borrower Removed = new("removed", "", DateTimeOffset.MaxValue);

    /// <summary>What the server calls.</summary>
    public Task Handle(HttpContext context) => Handle(context, Volatile.Read(ref gateway).Handle);

    public async Task Handle(HttpContext context, RequestDelegate serve)
    {
        var asked = (context.Features.Get<Input>() ?? throw new InvalidOperationException("a connection without its input")).Add(context);
        var id = Interlocked.Increment(ref number);
        requests[id] = asked;
        requests.TryRemove(id - Remembered, out _);
        context.Request.Headers["X-Fuzz"] = id.ToString(CultureInfo.InvariantCulture);
        try
        {
            await serve(context).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            asked.Error = $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }
        finally
        {
            asked.FromNode = context.Response.Headers.ContainsKey("X-Up");
            asked.Status = context.Response.StatusCode;
            if (!ReferenceEquals(roster, membership.Roster))
                failures.Add("gateway", tally.Inputs, "a roster was taken that the CA never signed", asked.Input);
            if (asked.Status is not (403 or 404) && Interlocked.Increment(ref used) % PerGateway == 0)
            {
                before.End();
                before = Interlocked.Exchange(ref gateway, New());
            }
        }
    }

    public void Dispose()
    {
        gateway.End();
        before.End();
        foreach (var node in own)
            node.Dispose();
        upstream.Dispose();
        cluster.Dispose();
    }

    private Agent.Proxy.Gateway New() => new(b => b != Removed, box => lender.Of(box.GetHashCode(StringComparison.Ordinal) % 2 == 0 ? "home-a" : "home-b"), new RosterRoute(membership, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);

    private void Reached(string line, IReadOnlyList<(string Name, string Value)> headers, ReadOnlySpan<byte> body, string host)
    {
        tally.Upstream();
        Asked? asked = null;
        if (headers.FirstOrDefault(h => h.Name == "X-Fuzz").Value is { } id && !requests.TryGetValue(long.Parse(id, CultureInfo.InvariantCulture), out asked))
            return;
        asked?.Reach();
        if (Allowed.Objection(line, headers, body, host, asked) is { } objection)
            failures.Add("gateway", tally.Inputs, objection, asked?.Input ?? []);
        if (asked is { IsRefused: true })
            failures.Add("gateway", tally.Inputs, $"what was refused with {asked.Status} reached the node: {line}", asked.Input);
    }
}

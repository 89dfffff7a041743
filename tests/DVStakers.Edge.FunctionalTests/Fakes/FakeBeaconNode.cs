using Microsoft.AspNetCore.Http;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// A beacon node without a chain: answers every route a validator client uses from <see cref="Chain"/>, unless the test overrode it.
/// Submissions are answered 200 and can be read from <see cref="FakeServer.Requests"/>.
/// </summary>
internal sealed class FakeBeaconNode : FakeServer
{
    private ImmutableList<(string Method, RoutePattern Pattern, Func<RecordedRequest, Reply> Answer)> overrides = [];
    private volatile FakeChain chain;

    private FakeBeaconNode(FakeChain chain) => this.chain = chain;

    public FakeChain Chain
    {
        get => chain;
        set => chain = value;
    }

    private bool isSyncing;
    private bool? elOffline;
    private bool saysOffline;
    private string? version;

    /// <summary>Which client it is like.</summary>
    public ClientProfile Profile { get; set; } = ClientProfile.Plain;

    /// <summary>What it has of its execution client; what it says of that is its profile's.</summary>
    public ExecutionLink Execution { get; set; }

    /// <summary>Its own word: set by a test, or what its profile makes of its head and peers.</summary>
    public bool IsSyncing
    {
        get => isSyncing || (Peers == 0 && Profile.SyncingAlone) || Profile.SyncingAfter <= Behind;
        set => isSyncing = value;
    }

    public bool IsOptimistic { get; set; }

    /// <summary>Null leaves el_offline out, as older clients do.</summary>
    public bool? ElOffline
    {
        get => saysOffline ? elOffline : Profile.ElOffline(Execution);
        set => (saysOffline, elOffline) = (true, value);
    }

    public int Peers { get; set; } = 50;

    public string Version
    {
        get => version ?? Profile.Version;
        set => version = value;
    }

    public const string NameHeader = "Fake-Node";

    /// <summary>Put on every answer as <see cref="NameHeader"/>, so that a client behind a proxy knows who answered.</summary>
    public string? Name { get; set; }

    /// <summary>What becomes of every answer, while set; event streams are such answers then, too.</summary>
    public Func<Reply, Reply>? Spoil { get; set; }

    /// <summary>Its clock less the true time.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>How long every answer and every event takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>The slots since its head, by its own clock.</summary>
    public ulong Behind => Chain is { } c && c.SlotAt(TimeProvider.System.GetUtcNow() + ClockOffset) is var wall && wall > c.HeadSlot ? wall - c.HeadSlot : 0;

    /// <summary>Entries of /eth/v1/config/spec as JSON values, over the default ones; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Spec { get; set; } = new Dictionary<string, string?>();

    public EventStreams Events { get; } = new();

    /// <param name="port">0: a free one.</param>
    /// <param name="certificate">Makes it an HTTPS server.</param>
    public static async Task<FakeBeaconNode> Start(FakeChain chain, int port = 0, X509Certificate2? certificate = null)
    {
        var node = new FakeBeaconNode(chain) { Certificate = certificate };
        node.ListenOn(port);
        await node.Restart();
        return node;
    }

    /// <summary>Answers a route otherwise from now on. <paramref name="path"/> may have <c>{placeholders}</c>; the latest override wins.</summary>
    public void On(string method, string path, Func<RecordedRequest, Reply> answer) =>
        ImmutableInterlocked.Update(ref overrides, list => list.Insert(0, (method, new RoutePattern(path), answer)));

    public void On(string method, string path, Reply reply) => On(method, path, _ => reply);

    /// <summary>Forgets all overrides.</summary>
    public void Reset() => Interlocked.Exchange(ref overrides, []);

    /// <summary>Moves the head on and tells the subscribers, as a node does that imported a block.</summary>
    public void ImportBlock(FakeChain next)
    {
        Chain = next;
        PublishHead();
    }

    public void PublishHead() => Events.Publish("head", BeaconAnswers.HeadEvent(this));

    protected override async Task<Reply?> Answer(RecordedRequest request, HttpContext context)
    {
        var overridden = Overridden(request);
        if (overridden is null && Spoil is null && request is { Method: "GET", Path: "/eth/v1/events" })
        {
            await Events.Serve(request, context, Ready);
            return null;
        }
        await Task.Delay(Latency, context.RequestAborted);
        var reply = overridden ?? BeaconAnswers.To(request, this) ?? Reply.Error(404, $"No route {request.Method} {request.Path}");
        if (Name is not null)
            reply = reply.With(NameHeader, Name);
        if (ClockOffset != default)
            reply = reply.With("Date", (TimeProvider.System.GetUtcNow() + ClockOffset).ToString("R"));
        return Spoil is { } spoil ? spoil(reply) : reply;
    }

    private Reply? Overridden(RecordedRequest request)
    {
        foreach (var (method, pattern, answer) in Volatile.Read(ref overrides))
            if (method == request.Method && pattern.Match(request.Path) is not null)
                return answer(request);
        return null;
    }

    private async Task Ready(CancellationToken gone)
    {
        await Awake(gone);
        await Task.Delay(Latency, gone);
    }
}

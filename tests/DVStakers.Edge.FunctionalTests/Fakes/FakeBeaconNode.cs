using Microsoft.AspNetCore.Http;
using System.Collections.Immutable;

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

    public bool IsSyncing { get; set; }
    public bool IsOptimistic { get; set; }

    /// <summary>Null leaves el_offline out, as older clients do.</summary>
    public bool? ElOffline { get; set; } = false;

    public int Peers { get; set; } = 50;
    public string Version { get; set; } = "Fake/v1.0.0";

    /// <summary>Entries of /eth/v1/config/spec as JSON values, over the default ones; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Spec { get; set; } = new Dictionary<string, string?>();

    public EventStreams Events { get; } = new();

    /// <param name="port">0: a free one.</param>
    public static async Task<FakeBeaconNode> Start(FakeChain chain, int port = 0)
    {
        var node = new FakeBeaconNode(chain);
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
        foreach (var (method, pattern, answer) in Volatile.Read(ref overrides))
            if (method == request.Method && pattern.Match(request.Path) is not null)
                return answer(request);
        if (request is { Method: "GET", Path: "/eth/v1/events" })
        {
            await Events.Serve(request, context, Awake);
            return null;
        }
        return BeaconAnswers.To(request, this) ?? Reply.Error(404, $"No route {request.Method} {request.Path}");
    }
}

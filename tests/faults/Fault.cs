namespace DVStakers.Edge.Faults;

/// <summary>What a client must see in a cell.</summary>
internal enum Demand
{
    /// <summary>The right answer.</summary>
    Served,

    /// <summary>An error that says what is wrong.</summary>
    Refused,

    /// <summary>One of the two: the best that is still there, or an error.</summary>
    Either,
}

/// <summary>How the heads of a stack's two clients move while it has a fault.</summary>
internal enum Follows
{
    Both,
    Neither,

    /// <summary>The beacon node imports, its execution client stands.</summary>
    NodeOnly,

    /// <summary>The execution client is on a branch of its own; the beacon node, which cannot follow, stands.</summary>
    ExecutionForks,

    /// <summary>Both are on a branch of their own.</summary>
    BothFork,
}

/// <summary>
/// A fault, and what a stack that has it is still good for: the demands for the case that there is no other stack.
/// While any stack without a fault can be reached, everything must be served by the rules, whatever stands here.
/// </summary>
/// <param name="Attests">attestation_data.</param>
/// <param name="Builds">Block production.</param>
/// <param name="Reads">Reads, duties, aggregates.</param>
/// <param name="Takes">Submissions; where it takes them, it must get them even beside healthy stacks.</param>
/// <param name="Health">Served: 200. Refused: anything else.</param>
internal sealed record Fault(
    string Name, string Title, Follows Follows, Demand Attests, Demand Builds, Demand Reads, Demand Takes, Demand Health)
{
    private const Demand S = Demand.Served, R = Demand.Refused, E = Demand.Either;

    public static readonly IReadOnlyList<Fault> All =
    [
        new("el-dead", "EL dead: its port is closed, the head stands", Follows.Neither, E, R, S, S, R),
        new("el-hung", "EL hung: connects and says nothing, the head stands", Follows.Neither, E, R, S, S, R),
        new("el-stale", "EL stale: stands at an old block, and says that it is not syncing", Follows.NodeOnly, E, E, S, S, R),
        new("el-syncing", "EL syncing: heads are imported without having been verified", Follows.NodeOnly, R, R, E, S, R),
        new("el-fork", "EL on a fork: its beacon node cannot follow, the head stands", Follows.ExecutionForks, E, E, S, S, R),
        new("bn-dead", "BN dead: its port is closed", Follows.Neither, R, R, R, R, R),
        new("bn-hung", "BN hung: connects and says nothing", Follows.Neither, R, R, R, R, R),
        new("bn-slow", "BN slow: every answer and event takes 1 s", Follows.Both, S, S, S, S, E),
        new("bn-500", "BN answers 500 to everything", Follows.Both, R, R, R, R, R),
        new("bn-reset", "BN breaks off every answer in the middle of its body", Follows.Both, R, R, R, E, R),
        new("stale-head", "Stale head: both clients stand and say that all is well", Follows.Neither, E, E, S, S, E),
        new("optimistic", "Optimistic: the head is not verified, though the EL says that it is at the head", Follows.Both, R, R, E, S, R),
        new("no-peers", "No peers: the head stands", Follows.Neither, E, E, S, S, E),
        new("bn-fork", "BN on a fork, its EL with it", Follows.BothFork, E, E, S, S, E),
        new("wrong-network", "Wrong network: away for a while, and back on another one", Follows.Both, R, R, R, R, R),
        new("clock-off", "Clock off: 60 s behind, so that every block comes from the future and the head stands", Follows.Neither, E, E, S, S, E),
        new("tls-expired", "TLS expired: the certificate is out of date since its restart", Follows.Both, R, R, R, R, R),
        new("dns-gone", "DNS gone: the host name does not resolve", Follows.Both, R, R, R, R, R),
        new("returns", "BN dead, back, and dead again", Follows.Neither, R, R, R, R, R),
    ];

    /// <summary>A name that stops to resolve cannot be made without changing the machine: it does not resolve from the start.</summary>
    public bool FromTheStart => Name == "dns-gone";

    /// <summary>The head is imported without having been verified.</summary>
    public bool Unverified => Name is "optimistic" or "el-syncing";

    /// <summary>Nothing that is sent there is ever seen.</summary>
    public bool Closed => Name is "bn-dead" or "tls-expired" or "dns-gone" or "returns";
}

/// <summary>Which stacks have the fault.</summary>
internal sealed record Place(string Name, params string[] Stacks)
{
    public static readonly IReadOnlyList<Place> All =
    [
        new("primary", "primary"),
        new("secondary", "secondary"),
        new("both", "primary", "secondary"),
        new("peer", "peer"),
        new("all", "primary", "secondary", "peer"),
    ];
}

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>What a beacon node has of its execution client.</summary>
internal enum ExecutionLink
{
    InStep,

    /// <summary>The connection is refused: no new head can be verified, and none is imported.</summary>
    Gone,

    /// <summary>Connects and says nothing; else as <see cref="Gone"/>.</summary>
    Hung,

    /// <summary>Answers SYNCING: heads are imported without having been verified.</summary>
    Syncing,
}

/// <summary>What attestation_data says while the head is not verified.</summary>
internal enum WhileOptimistic
{
    Refuses503,
    Refuses500,

    /// <summary>Not checked: 200, as if all were well.</summary>
    Answers,
}

/// <summary>
/// How one client tells of its own state: its version string and where it does not tell the truth. This is the tests' own knowledge of the clients
/// and is derived from nothing in the agent. Where a client's behaviour is not known, the row has what is harder to see through.
/// </summary>
/// <param name="Code">The client's two letters in version 2 of /node/version.</param>
/// <param name="OfflineWhenGone">el_offline with the execution client's port closed.</param>
/// <param name="OfflineWhenHung">el_offline with the execution client stopped: the connection is still there.</param>
/// <param name="OfflineWhenSyncing">el_offline while the execution client only syncs.</param>
/// <param name="HealthOffline">/eth/v1/node/health while its execution client is gone or hung.</param>
/// <param name="HealthOptimistic">The same while the head is not verified.</param>
/// <param name="CountsDistance">False: sync_distance is 0 whenever it believes that it is in sync.</param>
/// <param name="SyncingAfter">Slots without a new head after which it calls itself syncing; null: it never does.</param>
/// <param name="SyncingAlone">Without peers it calls itself syncing.</param>
internal sealed record ClientProfile(
    string Name, string Code, string Version, bool? OfflineWhenGone, bool? OfflineWhenHung, bool? OfflineWhenSyncing, int HealthOffline, int HealthOptimistic,
    bool CountsDistance, WhileOptimistic Optimistic, ulong? SyncingAfter = null, bool SyncingAlone = false)
{
    /// <summary>Of no client: what a test sets is what it says.</summary>
    public static readonly ClientProfile Plain =
        new("plain", "LH", "Fake/v1.0.0", false, false, false, 200, 206, false, WhileOptimistic.Refuses503);

    public static readonly IReadOnlyList<ClientProfile> Clients =
    [
        // Its flag also flips on one bad newPayload.
        new("lighthouse", "LH", "Lighthouse/v7.1.0-cfb1f73/x86_64-linux", true, true, false, 503, 206, true, WhileOptimistic.Refuses500),
        // Its flag comes from engine calls, and is false for up to 30 s after its start.
        new("teku", "TK", "teku/v25.6.0/linux-x86_64/-eclipseadoptium-openjdk64bitservervm-java-21", false, false, false, 200, 206, false, WhileOptimistic.Refuses503),
        // Its flag is true while the execution client merely syncs, and not always true after it stopped.
        new("prysm", "PM", "Prysm/v6.0.4 (linux amd64)", false, false, true, 200, 206, true, WhileOptimistic.Answers),
        // A connection that is open counts as one that works.
        new("nimbus", "NB", "Nimbus/v25.6.0-d3a5f1-stateofus", true, false, false, 200, 200, true, WhileOptimistic.Refuses503),
        // Seen on real ones: after 9 slots behind, and at any distance without peers, it says that it is syncing.
        new("lodestar", "LS", "Lodestar/v1.31.0/9a4f8c1", true, true, false, 206, 206, false, WhileOptimistic.Refuses503, SyncingAfter: 9, SyncingAlone: true),
        // All of its execution endpoints have to be offline.
        new("grandine", "GR", "Grandine/1.1.1-8b2d4e7/x86_64-linux", true, false, false, 200, 200, false, WhileOptimistic.Refuses503),
    ];

    public static ClientProfile Named(string name) => Clients.Single(c => c.Name == name);

    public bool? ElOffline(ExecutionLink link) => link switch
    {
        ExecutionLink.Gone => OfflineWhenGone,
        ExecutionLink.Hung => OfflineWhenHung,
        ExecutionLink.Syncing => OfflineWhenSyncing,
        _ => false,
    };
}

using System.Collections.Immutable;
using System.Globalization;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Machine;

/// <summary>What is known of the clients' processes, steadied. It only tells.</summary>
internal sealed record ClientsMemory
{
    public static readonly ClientsMemory Empty = new();

    /// <summary>A restart by hand, or by an update, is over by then.</summary>
    private static readonly TimeSpan Stopped = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>This many restarts within an hour are no chance.</summary>
    private const int Often = 3;

    /// <summary>How long a kill is worth telling, if the client runs again.</summary>
    private static readonly TimeSpan KillIsNews = TimeSpan.FromDays(1);

    private static readonly ClientKind[] Watched = [ClientKind.Execution, ClientKind.Consensus, ClientKind.Validator];

    private ImmutableSortedDictionary<string, ImmutableList<ClientProcess>> sources = ImmutableSortedDictionary<string, ImmutableList<ClientProcess>>.Empty;
    private ImmutableDictionary<string, History> histories = ImmutableDictionary<string, History>.Empty;

    private ClientsMemory()
    {
    }

    public IReadOnlyList<ClientProcess> All => [.. sources.Values.SelectMany(c => c)];

    public IReadOnlyList<(ConditionKind Kind, string Subject, string Detail)> Problems { get; private init; } = [];

    public ClientsMemory With(ClientsReading reading, DateTimeOffset now)
    {
        // While a source cannot be read its last word stands: silence is no stop.
        if (reading.Problem is not null)
            return this;
        var before = sources.GetValueOrDefault(reading.Source, []);
        var kept = histories.RemoveRange(before.Select(c => c.Name).Except(reading.Clients.Select(c => c.Name)));
        foreach (var client in reading.Clients)
            kept = kept.SetItem(client.Name, kept.GetValueOrDefault(client.Name, History.None).With(client, now));
        var all = sources.SetItem(reading.Source, [.. reading.Clients]);
        return new()
        {
            sources = all,
            histories = kept,
            Problems = [.. all.Values.SelectMany(c => c).SelectMany(c => Find(c, kept[c.Name], now))],
        };
    }

    private static IEnumerable<(ConditionKind, string, string)> Find(ClientProcess client, History history, DateTimeOffset now)
    {
        if (history.Stopped.Holds)
            yield return (MachineConditions.ClientStopped, client.Name,
                $"{Word(client.State)}{(client.Since is { } since ? string.Create(CultureInfo.InvariantCulture, $" since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "")}{(client.LastEnd is { } end ? $", {end}" : "")}");
        if (history.RestartsIn(now, Hour) is var restarts and >= Often)
            yield return (MachineConditions.ClientRestarting, client.Name, $"{restarts} restarts within an hour{(client.LastEnd is { } end ? $", the last after {end}" : "")}");
        if (history.Kill is { } kill && now - kill.At < KillIsNews)
            yield return (MachineConditions.ClientKilled, client.Name, kill.How);
    }

    private static string Word(ClientState state) => state.ToString().ToLowerInvariant();

    /// <summary>What a client did while it was looked at.</summary>
    /// <param name="Restarts">When its count of restarts rose, and by how many.</param>
    /// <param name="Kill">The last kill: when, and how. Whoever runs it forgets it at the next start.</param>
    private sealed record History(Held Stopped, int Last, ImmutableList<(DateTimeOffset At, int More)> Restarts, (DateTimeOffset At, string How)? Kill)
    {
        public static readonly History None = new(default, -1, [], null);

        public History With(ClientProcess client, DateTimeOffset now)
        {
            var stopped = Watched.Contains(client.Role) && client is { Wanted: true, State: ClientState.Stopped or ClientState.Failed };
            var rose = Last >= 0 && client.Restarts > Last ? client.Restarts - Last : 0;
            var restarts = rose > 0 ? Restarts.Add((now, rose)) : Restarts;
            while (!restarts.IsEmpty && (now - restarts[0].At > Hour || now < restarts[0].At || restarts.Count > 64))
                restarts = restarts.RemoveAt(0);
            return new(Stopped.Next(stopped, now, ClientsMemory.Stopped, Settled), client.Restarts, restarts,
                client.Killed ? (client.Since ?? now, client.LastEnd ?? "SIGKILL") : Kill);
        }

        public int RestartsIn(DateTimeOffset now, TimeSpan span) => Restarts.Where(r => now - r.At <= span).Sum(r => r.More);
    }
}

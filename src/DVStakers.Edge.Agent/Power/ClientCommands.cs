using System.Collections.Concurrent;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Power;

/// <summary>
/// Asks systemd and Docker about the clients, and tells them to stop and start. Nothing here kills: <c>systemctl stop</c> leaves that to the unit, of which a condition warns, and
/// <c>docker stop</c> is told to wait for ever.
/// </summary>
internal sealed class ClientCommands(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<ClientUnit, Task> underWay = [];
    private readonly ConcurrentDictionary<ClientUnit, string> errors = [];

    /// <summary>The last failure of a power-off; null: none.</summary>
    public string? PowerOffError { get; private set; }

    /// <summary>What each client does now.</summary>
    /// <param name="measured">How long each took to stop at the last outage.</param>
    public async Task<IReadOnlyDictionary<ClientUnit, ClientFacts>> Look(IReadOnlyList<ClientUnit> clients, IReadOnlyDictionary<string, double> measured, CancellationToken stop)
    {
        var facts = new Dictionary<ClientUnit, ClientFacts>();
        var units = clients.Where(c => !c.IsContainer).ToList();
        if (units.Count > 0)
        {
            var (code, output, problem) = await Child.Run("systemctl", ["show", "--no-pager", $"--property={UnitAnswers.Properties}", "--", .. units.Select(u => u.Name)], Patience, time, stop).ConfigureAwait(false);
            var answers = code == 0 ? UnitAnswers.Systemd(output) : [];
            for (var i = 0; i < units.Count; i++)
                facts[units[i]] = answers.Count == units.Count ? answers[i] : new(Activity.Unknown, Error: Words(problem, $"systemctl show ended with {code}"));
        }
        foreach (var container in clients.Where(c => c.IsContainer))
        {
            var (code, output, problem) = await Child.Run("docker", ["inspect", "--type", "container", "--format", "{{.State.Status}}", container.Name], Patience, time, stop).ConfigureAwait(false);
            facts[container] = code == 0 ? UnitAnswers.Docker(output) : new(Activity.Unknown, Error: Words(problem, $"docker inspect ended with {code}"));
        }
        foreach (var (unit, seen) in facts.ToList())
            facts[unit] = seen with
            {
                UnderWay = underWay.ContainsKey(unit),
                Error = errors.GetValueOrDefault(unit) ?? seen.Error,
                LastStop = measured.TryGetValue(unit.Text, out var seconds) && !(seen.LastStop?.TotalSeconds > seconds) ? TimeSpan.FromSeconds(seconds) : seen.LastStop,
            };
        return facts;
    }

    /// <summary>Begins it; what becomes of it, the next looks tell.</summary>
    public void Stop(ClientUnit unit, CancellationToken stop)
    {
        log.StoppingClient(unit.Text);
        Begin(unit, async () => unit.IsContainer
            ? await Child.Run("docker", ["stop", "-t=-1", unit.Name], null, time, stop).ConfigureAwait(false)
            : await Child.Run("systemctl", ["stop", "--no-ask-password", "--", unit.Name], null, time, stop).ConfigureAwait(false));
    }

    public void Start(ClientUnit unit, CancellationToken stop)
    {
        log.StartingClient(unit.Text);
        Begin(unit, async () =>
        {
            if (unit.IsContainer)
                return await Child.Run("docker", ["start", unit.Name], StartPatience, time, stop).ConfigureAwait(false);
            // Else a unit that failed too often as the power went would refuse.
            await Child.Run("systemctl", ["reset-failed", "--no-ask-password", "--", unit.Name], Patience, time, stop).ConfigureAwait(false);
            return await Child.Run("systemctl", ["start", "--no-ask-password", "--", unit.Name], StartPatience, time, stop).ConfigureAwait(false);
        });
    }

    public async Task PowerOff(CancellationToken stop)
    {
        log.PoweringOff();
        var (code, _, problem) = await Child.Run("systemctl", ["poweroff", "--no-ask-password"], Patience, time, stop).ConfigureAwait(false);
        PowerOffError = code == 0 ? null : $"the box cannot be switched off: {Words(problem, $"systemctl poweroff ended with {code}")}";
        if (PowerOffError is { } error)
            log.CommandFailed("systemctl poweroff", error);
    }

    /// <summary>The clock is right: true, false, or null where nobody tells.</summary>
    public async Task<bool?> IsTimeRight(CancellationToken stop)
    {
        var (code, output, _) = await Child.Run("timedatectl", ["show", "--property=NTPSynchronized", "--value"], Patience, time, stop).ConfigureAwait(false);
        return code == 0 && output.Trim() is "yes" or "no" ? output.Trim() == "yes" : null;
    }

    private void Begin(ClientUnit unit, Func<Task<(int Code, string Output, string Errors)>> command) => underWay.GetOrAdd(unit, u => Task.Run(async () =>
    {
        try
        {
            var (code, _, problem) = await command().ConfigureAwait(false);
            if (code == 0)
                errors.TryRemove(u, out _);
            else
                log.CommandFailed(u.Text, errors[u] = Words(problem, $"it ended with {code}"));
        }
        catch (OperationCanceledException)
        {
            // The agent stops; systemd goes on with what it was told.
        }
        finally
        {
            underWay.TryRemove(u, out _);
        }
    }, CancellationToken.None));

    private static string Words(string errors, string otherwise) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..] ? first : otherwise;
}

using System.Collections.Immutable;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Power;

/// <summary>What is known when a move is decided.</summary>
/// <param name="Boot">The kernel's id of this boot.</param>
/// <param name="IsReady">The network is up and the clock is right, as far as this box can tell.</param>
/// <param name="IsAsked">Somebody asks for an orderly shutdown, now.</param>
public sealed record PowerFacts(PowerStatus Status, DateTimeOffset Now, string Boot, IReadOnlyDictionary<ClientUnit, ClientFacts> Clients, bool IsReady, bool IsAsked = false);

/// <summary>One thing to do. There is none that kills.</summary>
public abstract record PowerAction;

public sealed record StopClient(ClientUnit Unit) : PowerAction;

public sealed record StartClient(ClientUnit Unit) : PowerAction;

public sealed record PowerOff : PowerAction;

/// <param name="After">To be written to disk before the actions are done.</param>
public sealed record PowerMove(Outage After, IReadOnlyList<PowerAction> Actions)
{
    public static PowerMove Stay(Outage outage) => new(outage, []);
}

/// <summary>
/// What an outage asks for, or a person who wants the box to go off. Pure; the first row that holds decides:
/// <code>
/// phase         when                                                  move
/// none          on battery, and its end is near (<see cref="Verdict"/>)       the stop begins
/// any           a person asks                                         the stop begins, or goes on as that person's: mains do not end it
/// stopping      mains are there, and no person asked                  no further client is told; what is under way ends
///               mains were there for a minute, and no person asked     all is started again
///               a role has clients that run, those before it are down
///               or over their budget                                  these are told to stop
///               all are down, refused to, or waited for as long as anybody is   stopped
/// stopped       a person asked                                        power off
///               mains were there for a minute                         all is started again
///               on battery, and the box is to go off                  power off
/// powering off  still alive: nothing came of it                       again, every three minutes; with mains, or where a person asked, all is started again
/// returning     on battery, and its end is near                       the stop begins anew
///               network and clock are not ready                       wait, ten minutes at most
///               a role is down, and those behind it are up or given up  these are started
///               everything is up, or an hour has passed               over
/// </code>
/// </summary>
public static class PowerPolicy
{
    /// <summary>Mains that come back for a moment are none.</summary>
    public static readonly TimeSpan SteadyMains = TimeSpan.FromMinutes(1);

    /// <summary>A stop or start that failed is tried again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <summary>Time for the machine to go off before it is told once more.</summary>
    public static readonly TimeSpan OffAgain = TimeSpan.FromMinutes(3);

    /// <summary>So long the start waits for network and clock, and so long a validator waits for a client behind it that does not come up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>A client that lives so long has come up.</summary>
    public static readonly TimeSpan Up = TimeSpan.FromSeconds(10);

    /// <summary>What has not come up by then is a person's to mend.</summary>
    public static readonly TimeSpan LongestReturn = TimeSpan.FromHours(1);

    /// <summary>Why the stop began where a person asked.</summary>
    public const string Asked = "the panel's button was held for an orderly shutdown";

    public static PowerMove Next(Outage outage, PowerConfig config, PowerFacts facts)
    {
        // Whatever was under way in another boot ended with it.
        var known = outage.Phase != OutagePhase.None && outage.Boot != facts.Boot ? BackFrom(outage with { Boot = facts.Boot }, facts) : outage;
        if (facts.IsAsked && known.IsStopping)
            known = known with { ByPerson = true, Reason = Asked };
        return known.Phase switch
        {
            OutagePhase.None when facts.IsAsked => Begin(config, facts, Asked, byPerson: true),
            OutagePhase.None => Verdict.Of(config, facts) is { MustStop: true } verdict ? Begin(config, facts, verdict.Reason, byPerson: false) : PowerMove.Stay(known),
            OutagePhase.Stopping => Stopping(known, config, facts),
            OutagePhase.Stopped => Stopped(known, config, facts),
            OutagePhase.PoweringOff => PoweringOff(known, config, facts),
            _ => Returning(known, config, facts),
        };
    }

    private static PowerMove Begin(PowerConfig config, PowerFacts facts, string reason, bool byPerson) => Stopping(new()
    {
        Phase = OutagePhase.Stopping,
        Since = facts.Now,
        Began = facts.Now,
        Reason = reason,
        ByPerson = byPerson,
        Boot = facts.Boot,
        Clients = [.. config.Clients.OrderBy(c => c.Role).Select(c => new ClientState(c, Of(facts, c).Activity is Activity.Down or Activity.Ending ? ClientStage.NotRunning : ClientStage.Pending, facts.Now))],
    }, config, facts);

    private static PowerMove Stopping(Outage outage, PowerConfig config, PowerFacts facts)
    {
        var seen = outage with { Clients = [.. outage.Clients.Select(c => Seen(c, config, facts))] };
        if (MayReturn(seen, facts))
            return new(BackFrom(seen, facts), []);
        if (!MayStop(seen, facts))
            return PowerMove.Stay(seen);
        var actions = new List<PowerAction>();
        var clients = seen.Clients.ToBuilder();
        foreach (var role in Enum.GetValues<ClientRole>())
        {
            for (var i = 0; i < clients.Count; i++)
                if (clients[i].Unit.Role == role && IsDueToStop(clients[i], facts))
                {
                    actions.Add(new StopClient(clients[i].Unit));
                    clients[i] = (clients[i].Stage == ClientStage.Pending ? clients[i].To(ClientStage.Stopping, facts.Now) : clients[i]) with { Tried = facts.Now };
                }
            // Those of one role stop side by side; the next role waits for them, within their budgets.
            if (clients.Any(c => c.Unit.Role == role && c.Stage == ClientStage.Stopping && Age(c.Since, facts.Now) < Budgets.Of(c.Unit, config, Of(facts, c.Unit))))
                return new(seen with { Clients = clients.ToImmutable() }, actions);
        }
        var told = seen with { Clients = clients.ToImmutable() };
        return told.Clients.Any(c => c.Stage == ClientStage.Stopping && Age(c.Since, facts.Now) < Budgets.Cap && !IsRefused(c, config, facts))
            ? new(told, actions)
            : Stopped(told.To(OutagePhase.Stopped, facts.Now), config, facts, actions);
    }

    private static PowerMove Stopped(Outage outage, PowerConfig config, PowerFacts facts, IReadOnlyList<PowerAction>? before = null)
    {
        var seen = outage with { Clients = [.. outage.Clients.Select(c => Seen(c, config, facts))] };
        return MayReturn(seen, facts) ? new(BackFrom(seen, facts), [])
            : (config.PowerOff || seen.ByPerson) && MayStop(seen, facts) ? new(seen.To(OutagePhase.PoweringOff, facts.Now), [.. before ?? [], new PowerOff()])
            : new(seen, before ?? []);
    }

    private static PowerMove PoweringOff(Outage outage, PowerConfig config, PowerFacts facts)
    {
        var seen = outage with { Clients = [.. outage.Clients.Select(c => Seen(c, config, facts))] };
        if (Age(outage.Since, facts.Now) < OffAgain)
            return PowerMove.Stay(seen);
        // A person sees that the box is still on; its duties must not wait for that.
        return MayReturn(seen, facts) ? new(BackFrom(seen, facts), [])
            : seen.ByPerson ? new(BackFrom(seen with { Reason = "the box could not be switched off" }, facts), [])
            : MayStop(seen, facts) ? new(seen.To(OutagePhase.PoweringOff, facts.Now), [new PowerOff()])
            : PowerMove.Stay(seen);
    }

    private static PowerMove Returning(Outage outage, PowerConfig config, PowerFacts facts)
    {
        var verdict = Verdict.Of(config, facts);
        if (verdict.MustStop || facts.IsAsked)
            return Stopping(outage.To(OutagePhase.Stopping, facts.Now) with
            {
                Reason = facts.IsAsked ? Asked : verdict.Reason,
                ByPerson = facts.IsAsked,
                Clients = [.. outage.Clients.Select(c => Anew(c, facts))],
            }, config, facts);
        var clients = outage.Clients.Select(c => Back(c, facts)).ToList();
        var actions = new List<PowerAction>();
        if (facts.IsReady || Age(outage.Since, facts.Now) >= Patience)
            foreach (var role in Enum.GetValues<ClientRole>().Reverse())
            {
                for (var i = 0; i < clients.Count; i++)
                    if (clients[i].Unit.Role == role && IsDueToStart(clients[i], facts))
                    {
                        actions.Add(new StartClient(clients[i].Unit));
                        clients[i] = (clients[i].Stage == ClientStage.Stopped ? clients[i].To(ClientStage.Starting, facts.Now) : clients[i]) with { Tried = facts.Now };
                    }
                if (clients.Any(c => c.Unit.Role == role && !IsUp(c) && !IsGivenUp(c, facts.Now)))
                    break;
            }
        return clients.All(IsUp) || Age(outage.Since, facts.Now) >= LongestReturn ? new(Outage.None, actions) : new(outage with { Clients = [.. clients] }, actions);
    }

    /// <summary>A client that is down was stopped; one that takes longer than it may is said to.</summary>
    private static ClientState Seen(ClientState client, PowerConfig config, PowerFacts facts)
    {
        if (client.Stage != ClientStage.Stopping)
            return client;
        var known = Of(facts, client.Unit);
        if (known.Activity == Activity.Down)
            return client.To(ClientStage.Stopped, facts.Now) with { Problem = null };
        var budget = Budgets.Of(client.Unit, config, known);
        return client with { Problem = known.Error ?? (Age(client.Since, facts.Now) >= budget ? $"it has not stopped within {budget.TotalSeconds:0} s; it is left to it" : client.Problem) };
    }

    /// <summary>Whoever was told says no, and it runs: the machine's own shutdown will stop it, and waiting would only empty the battery.</summary>
    private static bool IsRefused(ClientState client, PowerConfig config, PowerFacts facts) =>
        Of(facts, client.Unit) is { Error: not null, UnderWay: false, Activity: Activity.Running } known && Age(client.Since, facts.Now) >= Budgets.Of(client.Unit, config, known);

    private static bool IsDueToStop(ClientState client, PowerFacts facts) =>
        client.Stage == ClientStage.Pending
        || client.Stage == ClientStage.Stopping && Of(facts, client.Unit) is { Activity: Activity.Running or Activity.Starting or Activity.Unknown, UnderWay: false } && Age(client.Tried ?? client.Since, facts.Now) >= Again;

    /// <summary>On the way back: what does a client's stage come to, seen what it does?</summary>
    private static ClientState Back(ClientState client, PowerFacts facts)
    {
        var known = Of(facts, client.Unit);
        return (client.Stage, known.Activity) switch
        {
            // Left to run, or started by systemd at boot.
            (ClientStage.Pending or ClientStage.Stopped, Activity.Running) => client.To(ClientStage.Started, facts.Now) with { Problem = null },
            (ClientStage.Stopping, Activity.Running) when !known.UnderWay && Age(client.Tried ?? client.Since, facts.Now) >= Again => client.To(ClientStage.Started, facts.Now) with { Problem = null },
            (ClientStage.Pending or ClientStage.Stopping, Activity.Down) => client.To(ClientStage.Stopped, facts.Now),
            (ClientStage.Starting, Activity.Running) when Age(client.Tried ?? client.Since, facts.Now) >= Up => client.To(ClientStage.Started, facts.Now) with { Problem = null },
            (ClientStage.Starting, _) => client with { Problem = known.Error ?? (Age(client.Since, facts.Now) >= Patience ? "it does not come up" : null) },
            _ => client,
        };
    }

    private static bool IsDueToStart(ClientState client, PowerFacts facts) =>
        client.Stage == ClientStage.Stopped && Of(facts, client.Unit).Activity != Activity.Ending
        || client.Stage == ClientStage.Starting && Of(facts, client.Unit) is { Activity: Activity.Down or Activity.Unknown, UnderWay: false } && Age(client.Tried ?? client.Since, facts.Now) >= Again;

    private static bool IsUp(ClientState client) => client.Stage is ClientStage.NotRunning or ClientStage.Started;

    /// <summary>It was tried for long: a validator must not stay down because a client behind it is broken, when a peer's node can serve it.</summary>
    private static bool IsGivenUp(ClientState client, DateTimeOffset now) => client.Stage == ClientStage.Starting && Age(client.Since, now) >= Patience;

    /// <summary>The battery ends again while all was coming back.</summary>
    private static ClientState Anew(ClientState client, PowerFacts facts) => client.Stage switch
    {
        ClientStage.Started when Of(facts, client.Unit).Activity is Activity.Down or Activity.Ending => client.To(ClientStage.NotRunning, facts.Now),
        ClientStage.Started => client.To(ClientStage.Pending, facts.Now),
        // systemd started it at the boot.
        ClientStage.Stopped when Of(facts, client.Unit).Activity is Activity.Running or Activity.Starting => client.To(ClientStage.Pending, facts.Now),
        ClientStage.Starting => client.To(Of(facts, client.Unit).Activity == Activity.Down ? ClientStage.Stopped : ClientStage.Pending, facts.Now),
        _ => client,
    };

    private static Outage BackFrom(Outage outage, PowerFacts facts) => (outage with { ByPerson = false }).To(OutagePhase.Returning, facts.Now);

    private static bool MayReturn(Outage outage, PowerFacts facts) =>
        !outage.ByPerson && facts.Status is { Source: PowerSource.Mains, Forced: false, Since: { } since } && Age(since, facts.Now) >= SteadyMains;

    /// <summary>Not while there are mains; nor, after a start in the middle of an outage, before the UPS was asked.</summary>
    private static bool MayStop(Outage outage, PowerFacts facts) => outage.ByPerson || facts.Status switch
    {
        { Forced: true } or { Source: PowerSource.Battery } => true,
        { Source: PowerSource.Unknown, Trouble: not null } => true,
        _ => false,
    };

    private static ClientFacts Of(PowerFacts facts, ClientUnit unit) => facts.Clients.GetValueOrDefault(unit) ?? new(Activity.Unknown);

    /// <summary>A clock that was set back must not make anything wait for ever.</summary>
    private static TimeSpan Age(DateTimeOffset since, DateTimeOffset now) => now >= since ? now - since : TimeSpan.MaxValue;
}

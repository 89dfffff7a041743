using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

/// <summary>
/// A box in virtual time: clients that take their time to stop and to start, a UPS that says what the test wants, and the policy on top. It writes down what was done, and fails the moment
/// one of the promises is broken.
/// </summary>
internal sealed class ClientBox
{
    public static readonly ClientUnit Validator = new(ClientRole.Validator, false, "validator.service");
    public static readonly ClientUnit Charon = new(ClientRole.Validator, true, "charon-1");
    public static readonly ClientUnit Beacon = new(ClientRole.Consensus, false, "beacon.service");
    public static readonly ClientUnit Geth = new(ClientRole.Execution, false, "geth.service");
    public static readonly ClientUnit Besu = new(ClientRole.Execution, true, "besu-1");

    private readonly Dictionary<ClientUnit, Life> lives = [];

    public ClientBox(PowerConfig? config = null)
    {
        Config = config ?? new PowerConfig { Model = "geekworm-x728", Validator = [Validator, Charon], Consensus = [Beacon], Execution = [Geth, Besu] };
        foreach (var unit in Config.Clients)
            lives[unit] = new Life { StopSeconds = unit.Role switch { ClientRole.Validator => 3, ClientRole.Consensus => 12, _ => 90 } };
        Status = Mains(TimeSpan.FromHours(1));
    }

    public PowerConfig Config { get; }
    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public PowerStatus Status { get; set; }
    public Outage Outage { get; private set; } = Outage.None;
    public string Boot { get; private set; } = "boot-1";
    public bool IsReady { get; set; } = true;
    public bool IsOff { get; private set; }

    /// <summary>Somebody asks for a shutdown in the next second.</summary>
    public bool IsAsked { get; set; }

    /// <summary>The machine does not go off when it is told to.</summary>
    public bool StaysOn { get; set; }
    public List<string> Done { get; } = [];

    internal sealed class Life
    {
        public Activity Activity { get; set; } = Activity.Running;
        public double StopSeconds { get; set; }
        public double StartSeconds { get; set; } = 1;
        public bool Broken { get; set; }

        /// <summary>Whoever is told to stop it says no.</summary>
        public bool Refuses { get; set; }
        public DateTimeOffset ChangesAt { get; set; } = DateTimeOffset.MaxValue;
    }

    public Life this[ClientUnit unit] => lives[unit];

    public PowerStatus Mains(TimeSpan since = default) => new() { Source = PowerSource.Mains, Reason = "", Since = Now - since, ChargePercent = 80 };

    public PowerStatus Battery(double? charge = 80, double? minutes = null, bool low = false) =>
        new() { Source = PowerSource.Battery, Reason = "", Since = Now, ChargePercent = charge, RunTimeLeft = minutes is { } m ? TimeSpan.FromMinutes(m) : null, Low = low };

    /// <summary>Runs second by second until then; false: it never came to it.</summary>
    public bool Until(Func<bool> condition, double seconds = 7200)
    {
        for (var i = 0; i < seconds && !IsOff; i++)
        {
            if (condition())
                return true;
            Second();
        }
        return condition();
    }

    public void Run(double seconds) => Until(() => false, seconds);

    /// <summary>The box goes off and comes back: units that are enabled may start by themselves, the rest are down.</summary>
    public void Reboot(params ClientUnit[] enabled)
    {
        (IsOff, Boot) = (false, Boot + "'");
        Now += TimeSpan.FromMinutes(30);
        foreach (var (unit, life) in lives)
            (life.Activity, life.ChangesAt) = (enabled.Contains(unit) ? Activity.Running : Activity.Down, DateTimeOffset.MaxValue);
        Done.Add("boot");
    }

    /// <summary>As the loop does it: what is under way follows, and so does the word of the UPS.</summary>
    public void SetClock(TimeSpan by)
    {
        Now += by;
        Outage = Outage.Later(by);
        Status = Status with { Since = Status.Since + by };
        foreach (var life in lives.Values.Where(l => l.ChangesAt != DateTimeOffset.MaxValue))
            life.ChangesAt += by;
    }

    /// <summary>As after a restart of the agent: what was on disk is all there is.</summary>
    public void RestartAgent() => Outage = System.Text.Json.JsonSerializer.Deserialize(System.Text.Json.JsonSerializer.Serialize(Outage, OutageJson.Default.Outage), OutageJson.Default.Outage)!;

    public void Second()
    {
        Now += TimeSpan.FromSeconds(1);
        foreach (var life in lives.Values.Where(l => l.ChangesAt <= Now))
            (life.Activity, life.ChangesAt) = (life.Activity == Activity.Ending ? Activity.Down : life.Broken ? Activity.Down : Activity.Running, DateTimeOffset.MaxValue);
        var facts = lives.ToDictionary(l => l.Key, l => new ClientFacts(l.Value.Activity, UnderWay: l.Value.ChangesAt != DateTimeOffset.MaxValue, Error: l.Value.Refuses ? "access denied" : null));
        var before = Outage;
        var move = PowerPolicy.Next(Outage, Config, new(Status, Now, Boot, facts, IsReady, IsAsked));
        IsAsked = false;
        Outage = move.After;
        foreach (var action in move.Actions)
            Do(action, before);
    }

    private void Do(PowerAction action, Outage before)
    {
        switch (action)
        {
            case StopClient(var unit):
                Assert.True(Status.Source != PowerSource.Mains || Status.Forced || Outage.ByPerson, $"{unit} was stopped on mains");
                Assert.Contains(Outage.Clients, c => c.Unit == unit && c.Stage == ClientStage.Stopping);
                foreach (var other in Outage.Clients.Where(c => c.Unit.Role < unit.Role))
                    Assert.True(other.Stage is ClientStage.Stopped or ClientStage.NotRunning || (other.Stage == ClientStage.Stopping && Now - other.Since >= Budgets.Of(other.Unit, Config, null)),
                        $"{unit} was stopped while {other.Unit} was {other.Stage}");
                Done.Add($"stop {unit}");
                if (lives[unit] is { Activity: Activity.Running or Activity.Starting, Refuses: false })
                    (lives[unit].Activity, lives[unit].ChangesAt) = (Activity.Ending, Now + TimeSpan.FromSeconds(lives[unit].StopSeconds));
                break;
            case StartClient(var unit):
                Assert.Contains(before.Clients, c => c.Unit == unit && c.Stage is not ClientStage.NotRunning and not ClientStage.Started);
                foreach (var behind in Outage.Clients.Where(c => c.Unit.Role > unit.Role && c.Stage is not ClientStage.NotRunning))
                    Assert.True(lives[behind.Unit].Activity == Activity.Running || behind.Stage == ClientStage.Started || Now - behind.Since >= PowerPolicy.Patience,
                        $"{unit} was started while {behind.Unit} was {lives[behind.Unit].Activity}");
                Done.Add($"start {unit}");
                (lives[unit].Activity, lives[unit].ChangesAt) = (Activity.Starting, Now + TimeSpan.FromSeconds(lives[unit].StartSeconds));
                break;
            case PowerOff:
                Assert.True(Status.Source != PowerSource.Mains || Status.Forced || Outage.ByPerson, "the box went off on mains");
                foreach (var client in Outage.Clients)
                    Assert.True(lives[client.Unit].Activity == Activity.Down || Now - client.Since >= Budgets.Cap || client.Stage == ClientStage.NotRunning || lives[client.Unit].Refuses, $"the box went off while {client.Unit} ran");
                Done.Add("power off");
                IsOff = !StaysOn;
                break;
        }
    }
}

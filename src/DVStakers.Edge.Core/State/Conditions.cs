namespace DVStakers.Edge.Core.State;

/// <summary>Every kind of problem there is. A test checks that codes are unique and that docs/conditions.md lists them all.</summary>
public static class Conditions
{
    public static readonly ConditionKind NoStack = new("no-stack", "No stack can serve the validator", Severity.Error,
        "Start a beacon node and its execution client, or correct their addresses in the configuration.");

    public static readonly ConditionKind OneStackLeft = new("one-stack-left", "Only one stack left", Severity.Warning,
        "Repair the other stack: the next failure would cost duties.");

    public static readonly ConditionKind BeaconUnreachable = new("beacon-unreachable", "Beacon node unreachable", Severity.Warning,
        "Check that the beacon node runs and that its HTTP API is on at the configured address.");

    public static readonly ConditionKind BeaconSilent = new("beacon-silent", "Beacon node does not answer", Severity.Warning,
        "The process is there but hangs: look at its log, its disk and its memory; restart it.");

    public static readonly ConditionKind BeaconSyncing = new("beacon-syncing", "Beacon node is not in sync", Severity.Warning,
        "Wait for it; if it does not move, check its peers and its execution client.");

    public static readonly ConditionKind BeaconOptimistic = new("beacon-optimistic", "Beacon node cannot verify its head", Severity.Warning,
        "Its execution client is not in step: wait until that is synced.");

    public static readonly ConditionKind BeaconFewPeers = new("beacon-few-peers", "Beacon node has few peers", Severity.Warning,
        "Check its p2p port, firewall and internet connection.");

    public static readonly ConditionKind ExecutionUnreachable = new("execution-unreachable", "Execution client unreachable", Severity.Warning,
        "Start the execution client. Its beacon node still looks alive, but every attestation from it would be wrong.");

    public static readonly ConditionKind ExecutionSilent = new("execution-silent", "Execution client does not answer", Severity.Warning,
        "The process is there but hangs: look at its log, its disk and its memory; restart it.");

    public static readonly ConditionKind ExecutionDenied = new("execution-denied", "Execution client refuses the JWT secret", Severity.Warning,
        "Point jwt-secret to the file that the execution client uses, and check the clock.");

    public static readonly ConditionKind ExecutionSyncing = new("execution-syncing", "Execution client is not in sync", Severity.Warning,
        "Wait for it.");

    public static readonly ConditionKind ExecutionApart = new("execution-apart", "Execution client is not on its beacon node's head", Severity.Warning,
        "Check that this execution client belongs to this beacon node (the stack's two addresses), then its log.");

    public static readonly ConditionKind WrongNetwork = new("wrong-network", "On another network", Severity.Error,
        "Correct the address: this node must not serve this validator.");

    public static readonly ConditionKind ClockWrong = new("clock-wrong", "The clock is wrong", Severity.Error,
        "Switch time synchronisation on (timedatectl set-ntp true) and check its servers.");

    public static readonly ConditionKind MqttDown = new("mqtt-down", "Not connected to the MQTT broker", Severity.Warning,
        "Check that the broker runs; routing goes on without it, but the peers do not hear of this box.");

    public static readonly ConditionKind MqttLibraryMissing = new("mqtt-library-missing", "libmosquitto is not installed", Severity.Warning,
        "Install it (apt install libmosquitto1); routing goes on without it.");

    public static readonly ConditionKind PeerSilent = new("peer-silent", "A peer is not heard any more", Severity.Warning,
        "Check that its agent, its broker and the way there run; until it is heard again nothing is assumed of it.");

    public static readonly ConditionKind PeerRefused = new("peer-refused", "Messages in a peer's name are refused", Severity.Warning,
        "Look at the reason: update or renew that box; if it did not send them, somebody else writes its topics at a broker.");

    public static readonly ConditionKind CertificateEnds = new("certificate-ends", "This box's cluster certificate runs out", Severity.Warning,
        "Renew it (dvstakers-edge cluster renew): after its end no other box lends this one a node, nor believes what it says.");

    public static readonly ConditionKind RosterWrong = new("roster-wrong", "The cluster directory cannot be used", Severity.Warning,
        "Mend the file that is named; until then what was read before goes on.");

    public static readonly ConditionKind DrainedNow = new("drained", "Taken out of use by hand", Severity.Info,
        "Put it back when the work is done: dvstakers-edge undrain.");

    public static readonly ConditionKind OnBattery = new("on-battery", "On battery", Severity.Warning,
        "See what took the mains away; the clients are stopped in order before the battery ends (dvstakers-edge power plan).");

    public static readonly ConditionKind BatteryLow = new("battery-low", "The battery ends", Severity.Error,
        "Bring mains back; the clients are being stopped so that their databases survive, and duties go to the peers or are lost.");

    public static readonly ConditionKind UpsSilent = new("ups-silent", "The UPS cannot be read", Severity.Warning,
        "Check its cable, bus and address, or its NUT server; until then nobody sees the mains go.");

    public static readonly ConditionKind UpsNonsense = new("ups-nonsense", "What the UPS says cannot be", Severity.Warning,
        "Check that power.model, power.bus and power.address are those of this board; until then nobody sees the mains go.");

    public static readonly ConditionKind BatteryWorn = new("battery-worn", "The UPS asks for a new battery", Severity.Warning,
        "Replace it: at the next outage it may not last until the clients are down.");

    public static readonly ConditionKind StoppingForPower = new("stopping-for-power", "The clients are stopped for want of power", Severity.Error,
        "Nothing to do: validator, consensus and execution clients stop in this order, and start again when mains are back.");

    public static readonly ConditionKind ShuttingDown = new("shutting-down", "The box is being shut down by hand", Severity.Error,
        "Nothing to do: validator, consensus and execution clients stop in this order, then the box goes off; its next start starts them again.");

    public static readonly ConditionKind ReturningFromOutage = new("returning-from-outage", "The clients are started again", Severity.Info,
        "Nothing to do: execution, consensus and validator clients start in this order.");

    public static readonly ConditionKind StopFailed = new("stop-failed", "A client could not be stopped or started", Severity.Error,
        "See the reason; start by hand what is down (systemctl start), and let the agent manage these units (docs/power.md).");

    public static readonly ConditionKind StopLimitShort = new("stop-limit-short", "A client would be killed before it has stopped", Severity.Warning,
        "Raise the unit's TimeoutStopSec (systemctl edit): a client killed in the middle of its stop loses its newest state, or its database.");

    /// <summary>All kinds, in order of declaration.</summary>
    public static readonly IReadOnlyList<ConditionKind> All =
    [
        NoStack, OneStackLeft, BeaconUnreachable, BeaconSilent, BeaconSyncing, BeaconOptimistic, BeaconFewPeers,
        ExecutionUnreachable, ExecutionSilent, ExecutionDenied, ExecutionSyncing, ExecutionApart,
        WrongNetwork, ClockWrong, MqttDown, MqttLibraryMissing, PeerSilent, PeerRefused, CertificateEnds, RosterWrong, DrainedNow,
        OnBattery, BatteryLow, UpsSilent, UpsNonsense, BatteryWorn, StoppingForPower, ShuttingDown, ReturningFromOutage, StopFailed, StopLimitShort,
        .. MachineConditions.All,
    ];
}

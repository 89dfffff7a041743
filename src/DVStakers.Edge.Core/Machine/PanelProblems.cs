using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Machine;

/// <summary>What is wrong with the panel. The agent itself waits for none of it.</summary>
internal static class PanelProblems
{
    public static IEnumerable<(ConditionKind Kind, string Subject, string Detail)> Of(PanelReading panel)
    {
        foreach (var lamp in panel.Lamps)
            if (Kind(lamp.State) is { } kind)
                yield return (kind, Subject(lamp.Name), lamp.Detail);
        if (panel.ButtonTrouble is { } trouble)
            yield return (MachineConditions.PanelButtonMissing, "panel button", trouble);
        if (panel.Button is ButtonHold.Stuck or ButtonHold.Noisy)
            yield return (MachineConditions.PanelButtonStuck, "panel button", panel.Button is ButtonHold.Stuck
                ? "it has been pressed for longer than a person holds it, or since the agent started"
                : "its line changes more often than a hand does");
    }

    private static string Subject(string lamp) => $"panel {lamp}";

    private static ConditionKind? Kind(LampState state) => state switch
    {
        LampState.Missing => MachineConditions.PanelLedMissing,
        LampState.Denied => MachineConditions.PanelLedDenied,
        LampState.Busy => MachineConditions.PanelLedBusy,
        LampState.Failed => MachineConditions.PanelLedFailed,
        _ => null,
    };
}

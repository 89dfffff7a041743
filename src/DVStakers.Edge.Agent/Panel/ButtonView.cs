using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>How the button is, for the lamps and the conditions.</summary>
/// <param name="Trouble">Why it cannot be read, in words.</param>
/// <param name="Acknowledge">What every lamp shows now; null: what it always does.</param>
internal sealed record ButtonView(ButtonHold Hold, string? Trouble, LedPattern? Acknowledge)
{
    public static readonly ButtonView None = new(ButtonHold.Idle, null, null);
}

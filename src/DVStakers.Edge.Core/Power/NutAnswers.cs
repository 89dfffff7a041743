using System.Globalization;

namespace DVStakers.Edge.Core.Power;

/// <summary>What a NUT server (upsd) says of one UPS, as a reading. Pure; tokens and variables that are not known are passed over.</summary>
public static class NutAnswers
{
    /// <summary>One line of <c>LIST VAR</c>: <c>VAR ups name "value"</c>, where <c>\"</c> and <c>\\</c> are escaped. Null: no such line.</summary>
    public static (string Name, string Value)? Variable(string line)
    {
        var parts = line.Split(' ', 4);
        if (parts is not ["VAR", _, var name, ['"', .., '"'] quoted])
            return null;
        return (name, quoted[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
    }

    public static PowerReading Parse(IReadOnlyDictionary<string, string> variables)
    {
        if (!variables.TryGetValue("ups.status", out var status))
            return PowerReading.Nonsense("the server lists no ups.status for it");
        var tokens = status.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool Has(string token) => tokens.Contains(token);
        if (Has("WAIT"))
            return PowerReading.Silent("its driver has just started and knows nothing yet (WAIT)");
        if (!Has("OL") && !Has("OB") && !Has("BYPASS") && !Has("FSD"))
            return PowerReading.Nonsense($"its status \"{status}\" says neither OL nor OB");
        var charge = Number("battery.charge");
        if (charge is < 0 or > 100)
            return PowerReading.Nonsense(FormattableString.Invariant($"a charge of {charge} %"));
        var seconds = Number("battery.runtime");
        return new()
        {
            // Both at once, as some drivers say during a change: the worse one counts.
            OnMains = !Has("OB") && !(Has("FSD") && !Has("OL")),
            ChargePercent = charge,
            Volts = Number("battery.voltage"),
            RunTimeLeft = seconds is >= 0 and < 1e7 ? TimeSpan.FromSeconds(seconds.Value) : null,
            Low = Has("LB"),
            Forced = Has("FSD"),
            Replace = Has("RB"),
        };

        double? Number(string name) => variables.TryGetValue(name, out var text)
            && double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>An error of the protocol, in words and with what to do.</summary>
    public static string Error(string line, string ups)
    {
        var code = line.StartsWith("ERR ", StringComparison.Ordinal) ? line[4..].Split(' ')[0] : "";
        return code switch
        {
            "UNKNOWN-UPS" => $"the server knows no UPS named {ups}: see `upsc -l`, and correct power.nut-ups",
            "DATA-STALE" => "its driver has had no word from the UPS for a while: is the cable in?",
            "DRIVER-NOT-CONNECTED" => "its driver does not run: systemctl status nut-driver@" + ups,
            "ACCESS-DENIED" => "the server refuses this machine or this user: see upsd.users and LISTEN in upsd.conf",
            "USERNAME-REQUIRED" or "PASSWORD-REQUIRED" => "the server wants a user and a password: power.nut-username and power.nut-password-file",
            "" => $"the server said \"{Short(line)}\", which is no answer of NUT's: is that its port?",
            _ => $"the server refuses: {Short(code)}",
        };
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}

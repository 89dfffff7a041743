using System.Text.Json;
using DVStakers.Edge.Core.Duties;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>duties</c>: asks the running agent what became of the duties it carried, and shows it.</summary>
internal static class DutiesCommand
{
    public static async Task<int> Execute(string? file, string? url, bool json, int epochs, ulong? validator, TimeProvider time, CancellationToken stop)
    {
        if (await AgentAnswer.Address(file, url) is not { } address)
            return ExitCode.Config;
        if (await AgentAnswer.Ask(address, "/duties", static b => JsonSerializer.Deserialize(b, DutyReportJson.Default.DutyReport), Console.Error, time, stop) is not var (report, body))
            return ExitCode.NotRunning;
        if (json)
            await Console.Out.WriteLineAsync(System.Text.Encoding.UTF8.GetString(body));
        else
            await Console.Out.WriteAsync(DutiesScreen.Render(report, epochs, validator, AgentAnswer.Width(), Ink.ForOutput));
        return ExitCode.Ok;
    }
}

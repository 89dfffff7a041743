using System.Text.Json;
using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>status</c>: asks the running agent and shows its report.</summary>
internal static class StatusCommand
{
    public static async Task<int> Execute(string? file, string? url, bool json, TimeProvider time, CancellationToken stop) =>
        await AgentAnswer.Address(file, url) is { } address
            ? await Show(address, json, Console.Out, Console.Error, Ink.ForOutput, AgentAnswer.Width(), time, stop)
            : ExitCode.Config;

    public static async Task<int> Show(string address, bool json, TextWriter output, TextWriter errors, Ink ink, int width, TimeProvider time, CancellationToken stop)
    {
        if (await AgentAnswer.Ask(address, "/status", static b => JsonSerializer.Deserialize(b, StatusJson.Default.StatusReport), errors, time, stop) is not var (report, body))
            return ExitCode.NotRunning;
        if (json)
            await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(body));
        else
            await output.WriteAsync(StatusScreen.Render(report, time.GetUtcNow(), width, ink));
        return report.Ready ? ExitCode.Ok : ExitCode.NotReady;
    }
}

using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Tests.Linux;

/// <summary>Alone: the environment is every test's.</summary>
[CollectionDefinition(nameof(ChildTests), DisableParallelization = true)]
[Collection(nameof(ChildTests))]
public sealed class ChildTests
{
    /// <summary>sd_notify(3): what a command says there counts as said by the agent, or is warned of in the journal.</summary>
    [Fact]
    public async Task A_command_is_not_told_where_the_agent_reports_to_systemd()
    {
        string[] variables = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"];
        foreach (var variable in variables)
            Environment.SetEnvironmentVariable(variable, "ours");
        try
        {
            var (text, problem) = await Child.Ask("env", [], TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.Null(problem);
            Assert.Contains("LC_ALL=C\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain("=ours", text, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var variable in variables)
                Environment.SetEnvironmentVariable(variable, null);
        }
    }
}

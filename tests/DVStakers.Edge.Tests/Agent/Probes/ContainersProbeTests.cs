using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Tests.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Probes;

/// <summary>Docker's API by its documented shapes (Engine API, ContainerSummary, ContainerInspectResponse, ContainerState), on a socket of the test's own.</summary>
public sealed class ContainersProbeTests : IAsyncDisposable
{
    private const string Execution = "8dfafdbc3a40", Beacon = "9cd87474be90", Validator = "3176a2479c92", Other = "4cb07b47f9fb";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("edge-docker-");
    private readonly ConcurrentQueue<string> asked = [];
    private readonly Dictionary<string, string> answers = [];
    private WebApplication? docker;

    [Fact]
    public async Task The_clients_containers_are_told_and_no_others_are_asked_for()
    {
        await Start();
        answers["/containers/json"] = $$"""
            [
              {"Id":"{{Execution}}","Names":["/eth-docker-execution-1"],"Image":"ethereum/client-go:stable","ImageID":"sha256:1","Command":"geth","Created":1367854155,"State":"running","Status":"Up 2 days","Ports":[],"Labels":{} },
              {"Id":"{{Beacon}}","Names":["/stereum-c0ffee"],"Image":"sigp/lighthouse:v7.0.1","State":"restarting","Status":"Restarting (137) 2 seconds ago"},
              {"Id":"{{Validator}}","Names":["/stereum-decaf"],"Image":"sigp/lighthouse:v7.0.1","State":"exited","Status":"Exited (1) 3 hours ago"},
              {"Id":"{{Other}}","Names":["/grafana"],"Image":"grafana/grafana","State":"running","Status":"Up"}
            ]
            """;
        answers[$"/containers/{Execution}/json"] = Inspect("running", 0, oom: false, restarts: 1, "unless-stopped", "geth");
        answers[$"/containers/{Beacon}/json"] = Inspect("restarting", 137, oom: true, restarts: 4, "always", "lighthouse", "bn");
        answers[$"/containers/{Validator}/json"] = Inspect("exited", 1, oom: false, restarts: 0, "no", "lighthouse", "vc");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(directory.FullName, "system.slice", $"docker-{Execution}.scope")).FullName, "memory.current"), "4294967296\n");

        var reading = await Probe().Read(TestContext.Current.CancellationToken);
        Assert.Null(reading.Problem);
        var (started, finished) = (At("2026-01-06T09:06:59.461876391Z"), At("2026-01-06T09:07:59.461876391Z"));
        Assert.Equal(
        [
            new ClientProcess { Name = "eth-docker-execution-1", Role = ClientKind.Execution, State = ClientState.Running, Wanted = true, Restarts = 1, Memory = 4L << 30, Since = started },
            new ClientProcess
            {
                Name = "stereum-c0ffee", Role = ClientKind.Consensus, State = ClientState.Starting, Wanted = true, Restarts = 4, Killed = true,
                LastEnd = "out of memory: the kernel killed it", Since = finished,
            },
            new ClientProcess { Name = "stereum-decaf", Role = ClientKind.Validator, State = ClientState.Failed, Wanted = false, LastEnd = "exit code 1", Since = finished },
        ], reading.Clients);
        Assert.All(asked, a => Assert.StartsWith("GET ", a, StringComparison.Ordinal));
        Assert.DoesNotContain(asked, a => a.Contains(Other, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_container_that_is_removed_meanwhile_is_left_out()
    {
        await Start();
        answers["/containers/json"] = $$"""[{"Id":"{{Execution}}","Names":["/geth"],"Image":"ethereum/client-go"},{"Id":"../../secrets","Names":["/geth2"],"Image":"ethereum/client-go"}]""";
        var reading = await Probe("geth", "geth2").Read(TestContext.Current.CancellationToken);
        Assert.Null(reading.Problem);
        Assert.Empty(reading.Clients);
        Assert.DoesNotContain(asked, a => a.Contains("secrets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense", false)]
    [InlineData("{\"message\":\"page not found\"}", false)]
    [InlineData("[1, {}, {\"Id\": 3, \"Names\": []}]", true)]
    public async Task What_is_not_Docker_is_no_fault(string answer, bool understood)
    {
        await Start();
        answers["/containers/json"] = answer;
        var reading = await Probe().Read(TestContext.Current.CancellationToken);
        Assert.Equal(understood, reading.Problem is null);
        Assert.Empty(reading.Clients);
    }

    [Fact]
    public async Task Without_a_socket_it_says_so() =>
        Assert.Contains("there is no ", (await Probe().Read(TestContext.Current.CancellationToken)).Problem, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (docker is not null)
            await docker.DisposeAsync();
        directory.Delete(recursive: true);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private string SocketPath => Path.Combine(directory.FullName, "docker.sock");

    private ContainersProbe Probe(params string[] containers) =>
        new(containers, SocketPath, directory.FullName, Channel.CreateUnbounded<Observation>(), new FakeTimeProvider(Snapshots.Now));

    private async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(SocketPath));
        docker = builder.Build();
        docker.Run(async context =>
        {
            asked.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            if (!answers.TryGetValue(context.Request.Path.Value!, out var answer))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                answer = """{"message":"No such container"}""";
            }
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
        });
        await docker.StartAsync(TestContext.Current.CancellationToken);
    }

    private static string Inspect(string status, int code, bool oom, int restarts, string policy, params string[] arguments) => $$"""
        {
          "Id": "ba033ac4401106a3b513bc9d639eee123ad78ca3616b921167cd74b20e25ed39", "Created": "2026-01-06T09:00:00.461876391Z", "Path": "{{arguments[0]}}",
          "Args": [{{string.Join(',', arguments.Skip(1).Select(a => $"\"{a}\""))}}],
          "State": {
            "Status": "{{status}}", "Running": {{(status is "running" or "restarting" ? "true" : "false")}}, "Paused": false, "Restarting": {{(status == "restarting" ? "true" : "false")}},
            "OOMKilled": {{(oom ? "true" : "false")}}, "Dead": false, "Pid": 1234, "ExitCode": {{code}}, "Error": "",
            "StartedAt": "2026-01-06T09:06:59.461876391Z", "FinishedAt": "2026-01-06T09:07:59.461876391Z"
          },
          "Name": "/x", "RestartCount": {{restarts}}, "Driver": "overlay2",
          "HostConfig": {"RestartPolicy": {"Name": "{{policy}}", "MaximumRetryCount": 0} }
        }
        """;
}

using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>Clients that send or want too much, too slowly, or too often at once: the others do not notice, and the memory stays bounded.</summary>
public sealed class LimitTests
{
    private const string Genesis = "/eth/v1/beacon/genesis";
    private const string Duties = "/eth/v1/validator/duties/attester/3";
    private const string Large = "/eth/v1/beacon/states/head/validators";

    [Fact]
    public async Task The_duties_of_ten_thousand_validators_are_asked_for_in_one_body()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var indices = Enumerable.Range(1_000_000, 10_000).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        using var answer = await box.Client.PostAsJsonAsync(Duties, indices);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var seen = await box.Primary.Node.Requests.WaitFor(r => r.Path == Duties);
        Assert.Equal("[" + string.Join(',', indices.Select(i => $"\"{i}\"")) + "]", seen.Text);
    }

    [Fact]
    public async Task A_body_that_comes_a_byte_at_a_time_arrives_whole_and_holds_nobody_up()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var body = $"[{string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"{i}\""))}]";
        using var client = await RawClient.Connect(box);
        await client.Send($"POST {Duties} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        foreach (var letter in body)
        {
            Assert.Empty(box.Primary.Node.Requests.To(Duties));
            // An answer to somebody else after each byte: time passes, and the slow body is in nobody's way.
            Assert.Contains("genesis_time", await box.Client.GetStringAsync(Genesis), StringComparison.Ordinal);
            await client.Send(letter.ToString());
        }
        Assert.StartsWith("HTTP/1.1 200", await client.ToEnd(), StringComparison.Ordinal);
        Assert.Equal(body, Assert.Single(box.Primary.Node.Requests.To(Duties)).Text);
    }

    [Fact]
    public async Task Clients_that_never_read_their_large_answers_hold_the_node_back_and_are_cut_off()
    {
        const int clients = 20;
        const int megabytes = 32;
        var large = new Reply { Body = new byte[megabytes << 20] };
        await using var box = await TestBox.Start(b =>
        {
            b.Primary.Node.On("GET", Large, large);
            // On a busy machine the primary may count as silent.
            b.Secondary.Node.On("GET", Large, large);
        });
        await box.UntilServing("primary");
        var before = PeakMegabytes(box);
        var connections = new List<RawClient>();
        try
        {
            for (var i = 0; i < clients; i++)
            {
                connections.Add(await RawClient.Connect(box));
                await connections[i].Send($"GET {Large} HTTP/1.1\r\nHost: edge\r\n\r\n");
            }
            await box.Until(_ => box.Primary.Node.Requests.To(Large).Count + box.Secondary.Node.Requests.To(Large).Count >= clients);
            Assert.Contains("genesis_time", await box.Client.GetStringAsync(Genesis), StringComparison.Ordinal);
            await box.Agent.Process.Until(_ => box.Agent.Process.Errors.Count(l => l.Contains("does not read its large answer", StringComparison.Ordinal)) >= clients, TimeSpan.FromSeconds(60));
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }
        // Less than two of the twenty answers.
        Assert.InRange(PeakMegabytes(box) - before, 0, 2 * megabytes);
    }

    [Fact]
    public async Task Of_300_streams_256_are_served_and_the_others_told_why_and_a_closed_one_leaves_its_place()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var answers = await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(_ => box.Client.GetAsync("/eth/v1/events?topics=voluntary_exit", HttpCompletionOption.ResponseHeadersRead)));
        try
        {
            Assert.Equal(256, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
            var refused = answers.Where(a => a.StatusCode == HttpStatusCode.ServiceUnavailable).ToList();
            Assert.Equal(44, refused.Count);
            Assert.Contains("proxy.max-streams", await refused[0].Content.ReadAsStringAsync(), StringComparison.Ordinal);
            answers.First(a => a.StatusCode == HttpStatusCode.OK).Dispose();
            await box.Until(r => r.GetProperty("proxy").GetProperty("streams_open").GetInt32() == 255);
            using var again = await EventReader.Open(box.Client, "voluntary_exit");
        }
        finally
        {
            foreach (var answer in answers)
                answer.Dispose();
        }
    }

    [Fact]
    public async Task A_thousand_idle_connections_cost_little_and_hold_nobody_up()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await box.Client.GetStringAsync(Genesis);
        var before = PeakMegabytes(box);
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                idle.Add(new TcpClient());
                await idle[i].ConnectAsync(box.Agent.Proxy.Host, box.Agent.Proxy.Port);
            }
            // On a connection of its own: it comes after all the others.
            Assert.StartsWith("HTTP/1.1 200", await RawClient.Get(box, Genesis), StringComparison.Ordinal);
            Assert.InRange(PeakMegabytes(box) - before, 0, 64);
        }
        finally
        {
            idle.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task One_connection_more_than_allowed_is_closed_and_served_once_another_has_left()
    {
        await using var box = await TestBox.Start(environment: new Dictionary<string, string> { ["EDGE_PROXY_MAX_CONNECTIONS"] = "16" });
        await box.UntilServing("primary");
        var open = new List<RawClient>();
        try
        {
            while (open.Count < 16)
            {
                open.Add(await RawClient.Connect(box));
                await open[^1].Send($"GET {Genesis} HTTP/1.1\r\nHost: edge\r\n\r\n");
            }
            await box.Primary.Node.Requests.WaitFor(r => r.Path == Genesis && r.Header("User-Agent") is null, 16);
            Assert.Equal("", await Refused(box));
            open[0].Dispose();
            open.RemoveAt(0);
            // The agent hears of it when it reads; each try is answered or closed at once.
            var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(10);
            string answer;
            do
                answer = await Refused(box);
            while (answer.Length == 0 && TimeProvider.System.GetUtcNow() < deadline);
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        }
        finally
        {
            open.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Empty where the connection was closed without an answer.</summary>
    private static async Task<string> Refused(TestBox box)
    {
        try
        {
            return await RawClient.Get(box, Genesis);
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            return "";
        }
    }

    private static int PeakMegabytes(TestBox box)
    {
        var line = File.ReadLines($"/proc/{box.Agent.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}

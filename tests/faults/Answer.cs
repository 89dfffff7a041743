using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>What the client got for a question.</summary>
/// <param name="Status">0: nothing came.</param>
/// <param name="From">The fake whose answer it is; null where the agent answered itself.</param>
internal sealed record Answer(int Status, string Body, string? From, bool Blinded, TimeSpan Took)
{
    public bool Ok => Status is >= 200 and < 300;

    public JsonNode? Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Body);
            }
            catch (System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }

    public string Words => Status == 0 ? $"nothing within {Took.TotalSeconds:0.0} s ({Body})" : $"{Status} from {From ?? "the agent"} after {Took.TotalSeconds:0.00} s: {Body[..Math.Min(Body.Length, 300)]}";
}

/// <summary>The validator client.</summary>
internal sealed class Client(Uri proxy) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = proxy, Timeout = TimeSpan.FromSeconds(15) };

    public HttpClient Http => http;

    public Task<Answer> Get(string pathAndQuery) => Send(new HttpRequestMessage(HttpMethod.Get, pathAndQuery));

    public Task<Answer> Post(string path, string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("Eth-Consensus-Version", "electra");
        return Send(request);
    }

    public void Dispose() => http.Dispose();

    private async Task<Answer> Send(HttpRequestMessage request)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            return new Answer((int)response.StatusCode, body, Header(FakeBeaconNode.NameHeader), Header("Eth-Execution-Payload-Blinded") == "true", Stopwatch.GetElapsedTime(began));

            string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return new Answer(0, "", null, false, Stopwatch.GetElapsedTime(began)) { Body = e.Message };
        }
        finally
        {
            request.Dispose();
        }
    }
}

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>A client's end of an event stream.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader lines;

    private EventReader(HttpResponseMessage response, StreamReader lines) => (this.response, this.lines) = (response, lines);

    public static async Task<EventReader> Open(HttpClient client, string topics)
    {
        var response = await client.GetAsync("/eth/v1/events?topics=" + topics, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, await Words(response));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event's type and data; comments are passed over.</summary>
    public async Task<(string Type, string Data)> Next(int atMostSeconds = 15)
    {
        var (type, data) = ("message", "");
        while (await Line(atMostSeconds) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = data.Length == 0 ? line[6..] : data + "\n" + line[6..];
            else if (line.Length == 0 && data.Length > 0)
                return (type, data);
        }
        throw new EndOfStreamException("The stream ended; it must not.");
    }

    /// <summary>Reads lines until a comment.</summary>
    public async Task Comment(int atMostSeconds)
    {
        while (await Line(atMostSeconds) is { } line)
            if (line.StartsWith(':'))
                return;
        throw new EndOfStreamException("The stream ended; it must not.");
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }

    private async Task<string?> Line(int atMostSeconds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(atMostSeconds));
        return await lines.ReadLineAsync(limit.Token);
    }

    private static async Task<string> Words(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
}

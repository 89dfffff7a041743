using System.Text.Json;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// A node's answer to a list of items. The whole may be refused, or (Beacon API, IndexedError: 400 with "failures") some of them by their number.
/// "I have it already" is no refusal.
/// </summary>
public sealed class Failures
{
    private const int MostWords = 160;

    private readonly Dictionary<int, string>? items;
    private readonly string? all;

    private Failures(Dictionary<int, string>? items, string? all) => (this.items, this.all) = (items, all);

    /// <param name="problem">In words, where no answer came.</param>
    public static Failures Of(int status, ReadOnlySpan<byte> body, string problem)
    {
        if (status is >= 200 and < 300 || Duplicate.Is(status, body))
            return new(null, null);
        if (status == 400 && Listed(body) is { } items)
            return new(items, null);
        return new(null, problem.Length > 0 ? problem : $"HTTP {status} {Cut(System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, MostWords)]))}".TrimEnd());
    }

    /// <summary>What the node said against one item; null where it took it.</summary>
    public string? Against(int item) => all ?? items?.GetValueOrDefault(item);

    private static Dictionary<int, string>? Listed(ReadOnlySpan<byte> body)
    {
        try
        {
            return ApiJson.Read(body, static root =>
            {
                Dictionary<int, string> found = [];
                foreach (var failure in root.Member("failures").EnumerateArray())
                {
                    var message = failure.Member("message").GetString() ?? "";
                    // As a whole answer of its own, so that what counts as a duplicate is said in one place.
                    if (!Duplicate.Is(400, System.Text.Encoding.UTF8.GetBytes(message)))
                        found[Index(failure.Member("index"))] = Cut(message);
                }
                return found;
            });
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static int Index(JsonElement index) => index.ValueKind == JsonValueKind.Number ? index.GetInt32() : checked((int)ApiJson.Number(index));

    private static string Cut(string text) => text.ReplaceLineEndings(" ") is var line && line.Length > MostWords ? line[..MostWords] : text.ReplaceLineEndings(" ");
}

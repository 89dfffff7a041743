using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.Messages;

/// <summary>docs/mqtt.md names every topic, key, tier and code in code marks.</summary>
public sealed class MqttDocumentTests
{
    private static readonly HashSet<string> Documented =
        [.. Regex.Matches(File.ReadAllText(Document()), @"(?<!`)`[^`\n]+`(?!`)").Select(m => m.Value.Trim('`', '.', '[', ']'))
            .SelectMany(code => code.Split('.', StringSplitOptions.RemoveEmptyEntries).Append(code))];

    [Fact]
    public void Every_key_of_every_message_is_documented()
    {
        var transition = new Transition(Transitions.Ready, Severity.Info, "agent", "", "x");
        byte[][] messages =
        [
            HealthMessage.Of(Sample.Everything, Sample.Header).ToUtf8(),
            RankingMessage.Of(Sample.Snapshot, Sample.Header).ToUtf8(),
            DutiesMessage.Of(Sample.Book, Sample.Header).ToUtf8(),
            EventMessage.Of(transition, Sample.Noon, Sample.Header).ToUtf8(),
        ];
        var keys = messages.SelectMany(m => Keys(JsonDocument.Parse(m).RootElement)).Distinct().Order().ToList();
        Assert.Empty(keys.Except(Documented));
    }

    [Fact]
    public void Every_topic_tier_and_code_is_documented()
    {
        var topics = Sample.Header.Topics;
        string[] words =
        [
            .. new[] { topics.Availability, topics.Health, topics.Ranking, topics.Duties, topics.Events, topics.Roster }.Select(t => t.Split('/')[^1]),
            .. Enum.GetValues<Tier>().Select(Words.Of),
            Transitions.ConditionRaised, Transitions.ConditionCleared, Transitions.TierChanged, Transitions.ServingChanged, Transitions.Ready, Transitions.NotReady,
        ];
        Assert.Empty(words.Except(Documented));
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Keys(p.Value).Prepend(p.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Keys),
        _ => [],
    };

    private static string Document([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "mqtt.md");
}

namespace DVStakers.Edge.Core.Configuration;

/// <summary>One key of a section of type <typeparamref name="T"/>, declared once: reading, the environment name, suggestions and the documentation follow from it.</summary>
/// <param name="Path">Dotted and kebab-case, relative to <typeparamref name="T"/>: <c>mqtt.keep-alive-seconds</c>.</param>
/// <param name="Allowed">In words, for an error message: "a whole number from 1 to 65535".</param>
/// <param name="Meaning">One sentence for the documentation.</param>
/// <param name="Required">It has no default and must be written.</param>
/// <param name="Read">The section with the text taken into it; null where the text is not what is allowed.</param>
/// <param name="Show">The value as a person would write it; null where it is unset. Never a secret.</param>
/// <param name="Choices">All values, where they are words; a wrong one is told which it was probably meant to be.</param>
public sealed record ConfigKey<T>(
    string Path, string Allowed, string Meaning, bool Required, Func<T, string, T?> Read, Func<T, string?> Show, IReadOnlyList<string>? Choices = null)
    where T : class;

/// <summary>A mapping that groups keys.</summary>
/// <param name="Enter">What its presence alone means; <c>mqtt: {}</c> switches MQTT on.</param>
/// <param name="WhenEmpty">What to say when it is written with nothing in it; null: nothing to say.</param>
public sealed record ConfigSection<T>(string Path, string Meaning, Func<T, T> Enter, string? WhenEmpty = null)
    where T : class;

/// <summary>A key as the documentation and the environment know it. List items are written <c>stacks[].name</c>.</summary>
public sealed record ConfigKeyDescription(string Path, string Allowed, string? Default, string Meaning, bool Required)
{
    /// <summary>The environment variable that overrides it; <c>N</c> stands for a list's index, from 0.</summary>
    public string EnvironmentName => EnvironmentNameOf(Path.Replace("[]", ".N", StringComparison.Ordinal));

    public static string EnvironmentNameOf(string path) =>
        "EDGE_" + path.Replace('.', '_').Replace('-', '_').ToUpperInvariant();
}

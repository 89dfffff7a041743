using DVStakers.Edge.Agent.Cli;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class LogLinesTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Theory]
    [InlineData(LogLevel.Critical, "<2>")]
    [InlineData(LogLevel.Error, "<3>")]
    [InlineData(LogLevel.Warning, "<4>")]
    [InlineData(LogLevel.Information, "<6>")]
    [InlineData(LogLevel.Debug, "<7>")]
    public void The_journal_gets_a_priority_on_every_line(LogLevel level, string priority) =>
        Assert.Equal($"{priority}one\n{priority}two\n", Write(true, level, "one\r\ntwo\n"));

    [Theory]
    [InlineData(LogLevel.Error, "03:04:05 error   x\n")]
    [InlineData(LogLevel.Warning, "03:04:05 warning x\n")]
    [InlineData(LogLevel.Information, "03:04:05 info    x\n")]
    [InlineData(LogLevel.Debug, "03:04:05 debug   x\n")]
    public void A_person_gets_the_time_and_a_word(LogLevel level, string line) => Assert.Equal(line, Write(false, level, "x"));

    [Fact]
    public void An_exception_follows_its_message_line_by_line() =>
        Assert.All(Write(true, LogLevel.Error, "failed", new InvalidOperationException("a\nb")).TrimEnd('\n').Split('\n'), l => Assert.StartsWith("<3>", l));

    [Fact]
    public void Control_characters_do_not_pass() => Assert.Equal("<6>?[2J x\n", Write(true, LogLevel.Information, "\u001b[2J\tx"));

    private static string Write(bool journal, LogLevel level, string message, Exception? exception = null)
    {
        var output = new StringWriter();
        new LogLines(journal, Time).Write(level, message, exception, output);
        return output.ToString();
    }
}

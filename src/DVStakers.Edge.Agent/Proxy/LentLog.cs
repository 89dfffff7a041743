using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What is said of lent requests, at debug: a duty of another box is not lost because this one could not serve it, and that box tells of it itself.</summary>
internal sealed class LentLog(ILogger log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(LogLevel.Debug);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Log(LogLevel.Debug, eventId, state, exception, formatter);
}

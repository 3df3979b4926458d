using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Agency.Tests.Data;

/// <summary>Everything that is logged, of every level: message, values, scopes and exceptions, kept to be written into a file.</summary>
internal sealed class LogFile : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> lines = new();
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public int Count => lines.Count;

    public void Attach(WebApplicationBuilder builder) =>
        builder.Logging.AddProvider(this).SetMinimumLevel(LogLevel.Trace).AddFilter<LogFile>(null, LogLevel.Trace);

    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllLines(file, lines);
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Category(LogFile file, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => file.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<string> parts = [$"{logLevel} {name} {eventId}", formatter(state, exception), $"{exception}"];
            file.scopes.ForEachScope((scope, list) => Add(list, scope), parts);
            Add(parts, state);
            file.lines.Enqueue(string.Join(" | ", parts));
        }

        private static void Add(List<string> parts, object? state)
        {
            parts.Add($"{state}");
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                parts.AddRange(values.Select(value => $"{value.Key}={value.Value}"));
            }
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Agency.Host.Demo;

/// <summary>
/// How far the example data has come, answer by answer. A start that was cut short goes on from here: what follows a step
/// depends on its answer as it was then (a balance since paid down, a case since closed), which asking again would not give.
/// </summary>
/// <remarks>The first line is the instant of the first attempt, by which all dates are set; each other line is one step.</remarks>
internal sealed class DemoJournal : IDisposable
{
    private readonly Queue<JsonElement> done;
    private readonly StreamWriter writer;
    private int step;

    private DemoJournal(DateTimeOffset begun, Queue<JsonElement> done, StreamWriter writer)
    {
        Begun = begun;
        this.done = done;
        this.writer = writer;
    }

    public DateTimeOffset Begun { get; }

    /// <summary>The next step was done by an earlier start.</summary>
    public bool Repeats => done.Count > 0;

    public static DemoJournal Open(string file)
    {
        var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        if (lines is not [var first, ..] || !DateTimeOffset.TryParse(first, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var begun))
        {
            begun = TimeProvider.System.GetUtcNow();
        }

        var answers = ReadAnswers(lines);
        var kept = new StreamWriter(file, append: false) { AutoFlush = true };
        kept.WriteLine(begun.ToString("O", CultureInfo.InvariantCulture));
        answers.ForEach(answer => kept.WriteLine(answer.GetRawText()));
        return new DemoJournal(begun, new Queue<JsonElement>(answers), kept);
    }

    /// <summary>The answer of a step: from the journal when it was done before, otherwise from doing it now.</summary>
    /// <param name="send">Does it, under the idempotency key given, which is the step's own for ever.</param>
    public async Task<T> OnceAsync<T>(Func<string, Task<T>> send)
    {
        step++;
        if (done.TryDequeue(out var known))
        {
            return known.Deserialize<T>()!;
        }

        var answer = await send(string.Create(CultureInfo.InvariantCulture, $"example-{step}"));
        await writer.WriteLineAsync(JsonSerializer.Serialize(answer));
        return answer;
    }

    public void Dispose() => writer.Dispose();

    // The last line may have been cut short; its step is then sent again under its key, which gives the same answer.
    private static List<JsonElement> ReadAnswers(string[] lines)
    {
        List<JsonElement> answers = [];
        try
        {
            foreach (var line in lines.Skip(1))
            {
                answers.Add(JsonDocument.Parse(line).RootElement);
            }
        }
        catch (JsonException)
        {
            // Everything before it counts.
        }

        return answers;
    }
}

using System.Globalization;
using System.Text.Json;

namespace Agency.Host.Demo;

/// <summary>
/// How far the example data has come, answer by answer. A start that was cut short goes on from here: what follows a step
/// depends on its answer as it was then (a balance since paid down, a case since closed), which asking again would not give.
/// </summary>
/// <remarks>
/// The first line is the instant of the first attempt, by which all dates are set, and how many attempts there were; each other line
/// is one step.
/// </remarks>
internal sealed class DemoJournal : IDisposable
{
    private readonly Queue<JsonElement> done;
    private readonly StreamWriter writer;
    private int step;

    private DemoJournal(DateTimeOffset begun, int attempt, Queue<JsonElement> done, StreamWriter writer)
    {
        Begun = begun;
        Attempt = attempt;
        this.done = done;
        this.writer = writer;
    }

    public DateTimeOffset Begun { get; }

    /// <summary>Which start this is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>Called when the last step that an earlier start did was repeated.</summary>
    public Action? CaughtUp { get; set; }

    /// <summary>The next step was done by an earlier start.</summary>
    public bool Repeats => done.Count > 0;

    public static DemoJournal Open(string file)
    {
        var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        var (begun, attempts) = ReadBeginning(lines);
        var answers = ReadAnswers(lines);
        var kept = new StreamWriter(file, append: false) { AutoFlush = true };
        kept.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{begun:O} {attempts + 1}"));
        answers.ForEach(answer => kept.WriteLine(answer.GetRawText()));
        return new DemoJournal(begun, attempts + 1, new Queue<JsonElement>(answers), kept);
    }

    /// <summary>The answer of a step: from the journal when it was done before, otherwise from doing it now.</summary>
    /// <param name="send">Does it, under the idempotency key given, which is the step's own for ever.</param>
    public async Task<T> OnceAsync<T>(Func<string, Task<T>> send)
    {
        step++;
        if (done.TryDequeue(out var known))
        {
            if (done.Count == 0)
            {
                CaughtUp?.Invoke();
            }

            return known.Deserialize<T>()!;
        }

        var answer = await send(string.Create(CultureInfo.InvariantCulture, $"example-{step}"));
        await writer.WriteLineAsync(JsonSerializer.Serialize(answer));
        return answer;
    }

    public void Dispose() => writer.Dispose();

    private static (DateTimeOffset Begun, int Attempts) ReadBeginning(string[] lines) =>
        lines is [var first, ..]
        && first.Split(' ') is [var instant, var attempts]
        && DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var begun)
        && int.TryParse(attempts, NumberStyles.None, CultureInfo.InvariantCulture, out var made)
            ? (begun, made)
            : (TimeProvider.System.GetUtcNow(), 0);

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

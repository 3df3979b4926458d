using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Promises;

/// <summary>What the tests of promises do again and again.</summary>
internal static class PromiseDeeds
{
    /// <summary>The debtor of the first case promises 100.00, unless another is named, some days from the first one of the story.</summary>
    public static Task<Promise> PromiseAsync(this Story story, int days, Case? on = null, string? key = null) => story.Swift.Promises.CreateAsync(
        (on ?? story.Case).Id, new NewPromise { Amount = Story.Cny(10_000), DueOn = DateOnly.FromDateTime(TestDatabase.Start.UtcDateTime).AddDays(days) }, CallOptions.WithKey(key));

    /// <summary>The same, of another amount.</summary>
    public static Task<Promise> PromiseAsync(this Story story, long amount, int days, Case? on = null) => story.Swift.Promises.CreateAsync(
        (on ?? story.Case).Id, new NewPromise { Amount = Story.Cny(amount), DueOn = story.Day(days) });

    /// <summary>A day of the story; the first one is 0.</summary>
    public static DateOnly Day(this Story story, int number) => DateOnly.FromDateTime(TestDatabase.Start.UtcDateTime).AddDays(number);

    /// <summary>It is ten in the morning of that day in Shanghai, and what the calendar brings about has happened.</summary>
    public static Task ToAsync(this Story story, int day) => story.ToAsync(TestDatabase.Start.AddDays(day));

    /// <summary>The clock is moved without ringing each minute's timers on the way, so that nothing else sweeps.</summary>
    public static Task ToAsync(this Story story, DateTimeOffset instant)
    {
        story.Service.Clock.AdjustTime(instant);
        return story.SweepPromisesAsync();
    }

    public static Task SweepPromisesAsync(this Story story) => story.Service.Services.GetRequiredService<Api.Promises.DuePromises>().SweepAsync(CancellationToken.None);

    public static async Task<PromiseState> StateOfAsync(this Story story, Promise promise) => (await story.Swift.Promises.GetAsync(promise.Id)).State;

    /// <summary>What the first case is sorted by.</summary>
    public static string? NextPromiseOn(this Story story) =>
        story.Service.Database.Scalar($"SELECT next_promise_on FROM base_case_order WHERE case_id = x'{story.Case.Id:N}'");

    public static string? EventsOf(this Story story, Guid subject) =>
        story.Service.Database.Scalar($"SELECT group_concat(type, ' ') FROM (SELECT type FROM base_event WHERE subject_id = x'{subject:N}' ORDER BY position)");
}

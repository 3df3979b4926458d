using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Promises;

/// <summary>What the tests of promises do again and again.</summary>
internal static class PromiseDeeds
{
    /// <summary>The debtor of the first case promises 100.00, unless another is named, some days from the first one of the story.</summary>
    public static Task<Promise> PromiseAsync(this Story story, int days, Case? on = null, string? key = null) => story.Swift.Promises.CreateAsync(
        (on ?? story.Case).Id, new NewPromise { Amount = Story.Cny(10_000), DueOn = DateOnly.FromDateTime(TestDatabase.Start.UtcDateTime).AddDays(days) }, key);

    /// <summary>What the first case is sorted by.</summary>
    public static string? NextPromiseOn(this Story story) =>
        story.Service.Database.Scalar($"SELECT next_promise_on FROM base_case_order WHERE case_id = x'{story.Case.Id:N}'");

    public static string? EventsOf(this Story story, Guid subject) =>
        story.Service.Database.Scalar($"SELECT group_concat(type, ' ') FROM (SELECT type FROM base_event WHERE subject_id = x'{subject:N}' ORDER BY position)");
}

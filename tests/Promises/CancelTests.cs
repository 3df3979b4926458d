using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Promises;

public sealed class CancelTests
{
    private static readonly PromiseCancellation Mistake = new() { Reason = "Misheard" };

    [Fact]
    public async Task A_cancelled_promise_is_no_longer_waited_for_and_the_one_before_does_not_come_back()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PromiseAsync(3);
        var second = await story.PromiseAsync(4);
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        var cancelled = await story.Swift.Promises.CancelAsync(second.Id, Mistake);

        Assert.Equal((PromiseState.Cancelled, (DateTimeOffset?)TestDatabase.Start.AddHours(1), "Misheard"), (cancelled.State, cancelled.CancelledAt, cancelled.CancellationReason));
        Assert.EquivalentWithExclusions(cancelled, await story.Harbour.Promises.GetAsync(second.Id), strict: true, "RawAnswer", "ETag");
        Assert.Equal(PromiseState.Superseded, (await story.Swift.Promises.GetAsync(first.Id)).State);
        Assert.Equal("9999-12-31", story.NextPromiseOn());
        Assert.Equal("promise.made promise.cancelled", story.EventsOf(second.Id));

        // Nothing is superseded by what comes after a cancellation.
        await story.PromiseAsync(9);
        Assert.Equal((PromiseState.Cancelled, null), ((await story.Swift.Promises.GetAsync(second.Id)).State, (await story.Swift.Promises.GetAsync(second.Id)).SupersededAt));
        Assert.Equal("promise.made promise.cancelled", story.EventsOf(second.Id));
        Assert.Equal("2026-03-11", story.NextPromiseOn());
    }

    [Theory]
    [InlineData("superseded", "promise.is_superseded")]
    [InlineData("cancelled", "promise.is_cancelled")]
    [InlineData("lapsed", "promise.is_lapsed")]
    [InlineData("kept", "promise.is_kept")]
    [InlineData("partly_kept", "promise.is_partly_kept")]
    [InlineData("broken", "promise.is_broken")]
    public async Task What_is_not_open_can_not_be_cancelled(string state, string code)
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        switch (state)
        {
            case "superseded":
                await story.PromiseAsync(4);
                break;
            case "cancelled":
                await story.Swift.Promises.CancelAsync(promise.Id, Mistake);
                break;
            case "lapsed":
                await story.RecallAsync();
                break;
            case "kept":
                await story.PayAsync(10_000);
                break;
            case "partly_kept":
                await story.PayAsync(1);
                await story.ToAsync(7);
                break;
            default:
                await story.ToAsync(7);
                break;
        }

        await story.RefusesAsync(409, code, () => story.Swift.Promises.CancelAsync(promise.Id, Mistake, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Only_its_agency_cancels_it()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);

        await story.HidesAsync("promise.not_found", promise.Id, id => story.Lantern.Promises.CancelAsync(id, Mistake, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Promises.CancelAsync(promise.Id, Mistake, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Promises.CancelAsync(promise.Id, new PromiseCancellation { Reason = new string('x', 401) }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_cancels_once()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);

        await story.ActsOnceAsync(key => story.Swift.Promises.CancelAsync(promise.Id, Mistake, CallOptions.WithKey(key)));
    }
}

using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Promises;

public sealed class MakeTests
{
    [Fact]
    public async Task Both_sides_read_what_the_debtor_promised()
    {
        await using var story = await Story.AtCasesAsync();
        var contact = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());

        var made = await story.Swift.Promises.CreateAsync(story.Case.Id, new NewPromise
        {
            Amount = Story.Cny(60_000),
            DueOn = story.Today.AddDays(3),
            ContactRecordId = contact.Id,
            AgencyReference = "P-1",
        });

        Assert.Equal((60_000L, "CNY", story.Today.AddDays(3), PromiseState.Open), (made.Amount.Amount, made.Amount.Currency, made.DueOn, made.State));
        Assert.Equal((story.Case.Id, story.Case.Account.Id, (Guid?)contact.Id, "P-1", TestDatabase.Start), (made.CaseId, made.AccountId, made.ContactRecordId, made.AgencyReference, made.MadeAt));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(made, await side.Promises.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.Promises.ListOfCasePageAsync(story.Case.Id)).Items), strict: true, "RawAnswer", "ETag");
        }

        Assert.Equal("2026-03-05", story.NextPromiseOn());
        Assert.Equal("promise.made", story.EventsOf(made.Id));
    }

    [Fact]
    public async Task A_new_one_supersedes_the_open_one()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PromiseAsync(3);
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        var second = await story.PromiseAsync(20);

        var before = await story.Harbour.Promises.GetAsync(first.Id);
        Assert.Equal((PromiseState.Superseded, (DateTimeOffset?)second.MadeAt), (before.State, before.SupersededAt));
        Assert.Equal((PromiseState.Open, null), (second.State, second.SupersededAt));
        Assert.Equal([first.Id, second.Id], (await story.Swift.Promises.ListOfCasePageAsync(story.Case.Id)).Items.Select(p => p.Id));
        Assert.Equal("2026-03-22", story.NextPromiseOn());
        Assert.Equal("promise.made promise.superseded", story.EventsOf(first.Id));
        Assert.Equal("promise.made", story.EventsOf(second.Id));

        await story.PromiseAsync(5);
        Assert.Equal("promise.made promise.superseded", story.EventsOf(first.Id));
        Assert.Equal("promise.made promise.superseded", story.EventsOf(second.Id));
    }

    [Fact]
    public async Task Another_cases_promise_is_left_alone()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PromiseAsync(3);

        await story.PromiseAsync(5, story.Cases["A-2"]);

        Assert.Equal(PromiseState.Open, (await story.Swift.Promises.GetAsync(first.Id)).State);
    }

    [Fact]
    public async Task With_its_case_the_open_one_lapses_and_its_agency_still_reads_it()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PromiseAsync(3);
        var second = await story.PromiseAsync(4);

        await story.RecallAsync();

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal(PromiseState.Superseded, (await side.Promises.GetAsync(first.Id)).State);
            Assert.Equal(PromiseState.Lapsed, (await side.Promises.GetAsync(second.Id)).State);
        }

        await story.RefusesAsync(404, "case.not_found", () => story.PromiseAsync(5, key: "key"));
    }

    [Fact]
    public async Task It_is_due_from_the_debtors_today_to_a_year_from_then()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PromiseAsync(0);
        await story.PromiseAsync(365);
        await story.RefusesAsync(422, "promise.due_on_out_of_range", () => story.PromiseAsync(-1, key: "key"));
        await story.RefusesAsync(422, "promise.due_on_out_of_range", () => story.PromiseAsync(366, key: "key"));

        // 16:00 UTC is midnight in Shanghai.
        story.Service.Clock.Advance(TimeSpan.FromHours(14));
        await story.RefusesAsync(422, "promise.due_on_out_of_range", () => story.PromiseAsync(0, key: "key"));
        await story.PromiseAsync(366);
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_promise_exists()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await story.PromiseAsync(3);
        var promise = new NewPromise { Amount = Story.Cny(1), DueOn = story.Today };

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Promises.CreateAsync(id, promise, CallOptions.WithKey("key")));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("promise.not_found", made.Id, id => other.Promises.GetAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.Promises.ListOfCasePageAsync(id));
        }
    }

    [Fact]
    public async Task The_same_key_promises_once()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.PromiseAsync(3, key: key));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var elsewhere = await story.Swift.ContactRecords.CreateAsync(story.Cases["A-2"].Id, story.Call());

        await story.RefusesAsync(422, "promise.wrong_currency", () => PostAsync(p => p.Amount.Currency = "USD"));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(p => p.Amount.Amount = 0));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(p => p.AgencyReference = new string('x', 65)));
        await story.RefusesAsync(404, "contact_record.not_found", () => PostAsync(p => p.ContactRecordId = elsewhere.Id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Promises.CreateAsync(story.Case.Id, new NewPromise { Amount = Story.Cny(1), DueOn = story.Today }, CallOptions.WithKey("key")));

        Task PostAsync(Action<NewPromise> spoil)
        {
            var promise = new NewPromise { Amount = Story.Cny(1), DueOn = story.Today };
            spoil(promise);
            return story.Swift.Promises.CreateAsync(story.Case.Id, promise, CallOptions.WithKey("key"));
        }
    }

    [Fact]
    public async Task Ten_at_once_leave_one_open_and_nine_superseded()
    {
        await using var story = await Story.AtCasesAsync();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => story.PromiseAsync(n)));

        var promises = (await story.Swift.Promises.ListOfCasePageAsync(story.Case.Id)).Items;
        Assert.Equal(9, promises.Count(p => p.State == PromiseState.Superseded));
        Assert.Equal(PromiseState.Open, promises[^1].State);
        Assert.Equal(promises[^1].DueOn.ToString("O", System.Globalization.CultureInfo.InvariantCulture), story.NextPromiseOn());
        Assert.Equal("9", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'promise.superseded'"));
    }
}

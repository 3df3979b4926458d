using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Holds;

public sealed class LiftTests
{
    [Fact]
    public async Task Once_lifted_it_no_longer_stands_and_one_of_its_kind_can_be_raised_again()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await RaiseAsync(story);
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        var lifted = await story.Harbour.Holds.LiftAsync(made.Id, new HoldLift { Reason = "Documents sent" });

        Assert.Equal((TestDatabase.Start.AddHours(1), "Documents sent"), (lifted.LiftedAt, lifted.LiftReason));
        Assert.EquivalentWithExclusions(lifted, await story.Swift.Holds.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
        Assert.Empty((await story.Swift.Cases.GetAsync(story.Case.Id)).Holds);
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'hold.lifted' AND agency_id IS NOT NULL AND case_id IS NOT NULL"));
        var again = await RaiseAsync(story);
        Assert.Equal([made.Id, again.Id], (await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items.Select(hold => hold.Id));
    }

    [Fact]
    public async Task A_hold_that_outlived_its_case_is_lifted_without_telling_the_agency()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await RaiseAsync(story);
        await story.RecallAsync();

        await story.Harbour.Holds.LiftAsync(made.Id, new HoldLift { Reason = "Sorted out" });

        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'hold.lifted' AND agency_id IS NULL"));
    }

    [Fact]
    public async Task The_same_key_lifts_once_and_another_time_is_refused()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await RaiseAsync(story);

        await story.ActsOnceAsync(key => story.Harbour.Holds.LiftAsync(made.Id, new HoldLift { Reason = "Sorted out" }, CallOptions.WithKey(key)));
        await story.RefusesAsync(409, "hold.is_lifted", () => story.Harbour.Holds.LiftAsync(made.Id, new HoldLift { Reason = "Sorted out" }, CallOptions.WithKey("another key")));
    }

    [Fact]
    public async Task Nobody_but_its_bank_lifts_it_and_not_without_a_reason()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await RaiseAsync(story);
        var lift = new HoldLift { Reason = "Sorted out" };

        await story.HidesAsync("hold.not_found", made.Id, id => story.Summit.Holds.LiftAsync(id, lift, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Holds.LiftAsync(made.Id, lift, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => new Side(story.Service.ForPerson("approver@harbour.example")).Holds.LiftAsync(made.Id, lift, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Holds.LiftAsync(made.Id, new HoldLift { Reason = " " }, CallOptions.WithKey("key")));
        await new Side(story.Service.ForPerson("analyst@harbour.example")).Holds.LiftAsync(made.Id, lift, CallOptions.WithKey("key"));
    }

    private static Task<Hold> RaiseAsync(Story story) => story.Swift.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute });
}

using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Holds;

/// <summary>What a hold stops, and what it doesn't.</summary>
public sealed class HeldWorkTests
{
    [Theory]
    [InlineData("dispute", "dispute")]
    [InlineData("complaint", "complaint")]
    [InlineData("fraud", "fraud")]
    [InlineData("deceased", "deceased")]
    [InlineData("insolvency", "insolvency")]
    [InlineData("cease_contact", "cease_contact")]
    [InlineData("moratorium", "moratorium")]
    public async Task Promises_and_proposals_are_refused_with_the_holds_name_until_it_is_lifted(HoldKind kind, string word)
    {
        await using var story = await Story.AtCasesAsync();
        var hold = await story.Harbour.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = kind });
        var promise = new NewPromise { Amount = Story.Cny(100), DueOn = story.Today };

        var refusals = new[]
        {
            await story.RefusesAsync(409, "case.on_hold", () => story.ProposeAsync(50_000, key: "key")),
            await story.RefusesAsync(409, "case.on_hold", () => story.Swift.Promises.CreateAsync(story.Case.Id, promise, CallOptions.WithKey("key"))),
        };

        Assert.All(refusals, refusal => Assert.Equal((hold.Id, word), (refusal.Obstacle!.Id, refusal.Obstacle.Kind)));
        await story.Harbour.Holds.LiftAsync(hold.Id, new HoldLift { Reason = "Sorted out" });
        await story.ProposeAsync(50_000);
        await story.Swift.Promises.CreateAsync(story.Case.Id, promise);
    }

    [Theory]
    [InlineData("plan_active")]
    [InlineData("payment_pending")]
    public async Task While_the_debtor_pays_what_the_debtor_offers_can_be_taken(string kind)
    {
        await using var story = await Story.AtCasesAsync();
        var hold = await story.Harbour.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute });
        using (var raw = story.Service.Database.OpenRaw())
        using (var update = raw.CreateCommand())
        {
            update.CommandText = $"UPDATE base_hold SET kind = '{kind}' WHERE id = x'{hold.Id:N}'";
            Assert.Equal(1, update.ExecuteNonQuery());
        }

        await story.ProposeAsync(50_000);
        await story.Swift.Promises.CreateAsync(story.Case.Id, new NewPromise { Amount = Story.Cny(100), DueOn = story.Today });
    }

    [Fact]
    public async Task What_has_happened_is_recorded_whatever_stands()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Harbour.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute });

        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await story.PayAsync(100);
    }

    [Fact]
    public async Task The_hold_of_one_account_stops_no_other()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Harbour.Holds.CreateAsync(story.Cases["A-2"].Id, new NewHold { Kind = HoldKind.Dispute });

        await story.ProposeAsync(50_000);
    }

    [Theory]
    [InlineData("disputed", "dispute")]
    [InlineData("fraud_claimed", "fraud")]
    [InlineData("cease_requested", "cease_contact")]
    [InlineData("deceased_reported", "deceased")]
    [InlineData("complaint_voiced", "complaint")]
    public async Task An_outcome_raises_its_hold_unless_one_of_the_kind_stands(Outcome outcome, HoldKind kind)
    {
        await using var story = await Story.AtCasesAsync();
        var contact = story.Call();
        contact.Outcome = outcome;

        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        var hold = Assert.Single((await story.Harbour.Holds.ListOfCasePageAsync(story.Case.Id)).Items);
        Assert.Equal((kind, HoldRaiser.Agency, record.Id), (hold.Kind, hold.RaisedBy, hold.ContactRecordId));
        Assert.Equal(hold.Id, Assert.Single((await story.Swift.Cases.GetAsync(story.Case.Id)).Holds).Id);
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'hold.raised'"));
    }

    [Fact]
    public async Task Other_outcomes_raise_none()
    {
        await using var story = await Story.AtCasesAsync(1);
        Outcome[] holding = [Outcome.Disputed, Outcome.FraudClaimed, Outcome.CeaseRequested, Outcome.DeceasedReported, Outcome.ComplaintVoiced];
        Outcome[] visiting = [.. Outcome.Known.SkipWhile(o => o != Outcome.Met)];
        foreach (var outcome in Outcome.Known.Except(holding))
        {
            var contact = story.Call();
            (contact.Outcome, contact.Channel) = (outcome, visiting.Contains(outcome) ? Channel.Visit : outcome == Outcome.Bounced ? Channel.Email : Channel.Call);
            await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);
        }

        Assert.Empty((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items);
    }
}

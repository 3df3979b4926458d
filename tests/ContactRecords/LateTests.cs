using Agency.Sdk;
using Agency.Tests.Cases;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using AssignmentSteps = Agency.Api.Assignments.AssignmentSteps;
using AssignmentSweep = Agency.Api.Assignments.AssignmentSweep;
using AssignmentWorker = Agency.Api.Assignments.AssignmentWorker;

namespace Agency.Tests.ContactRecords;

public sealed class LateTests
{
    [Fact]
    public async Task What_happened_before_the_end_is_taken_for_a_week_after_it()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        Assert.Equal((contact.OccurredAt, true, null), (made.OccurredAt, made.Late, made.Note));
        Assert.Equal("Seen before the end", (await story.Harbour.ContactRecords.GetAsync(made.Id)).Note);
        Assert.Equal((null, null), (made.TimeZone, made.LocalTime));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));

        story.Service.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        story.Service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.ContactRecords.CreateAsync(id, contact));
        await story.RefusesAsync(404, "case.not_found", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_time_zone_is_that_of_the_records_of_the_case()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(("Asia/Shanghai", "2026-03-02T11:00:00.000+08:00"), Local(await story.Swift.ContactRecords.CreateAsync(story.Case.Id, Before(story))));

        static (string?, string?) Local(ContactRecord record) => (record.TimeZone, record.LocalTime);
    }

    [Fact]
    public async Task What_happened_outside_the_tenure_is_refused()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        contact.OccurredAt = TestDatabase.Start.AddHours(2).AddMinutes(6);
        await story.RefusesAsync(422, "contact_record.after_tenure", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
        contact.OccurredAt = TestDatabase.Start.AddMinutes(-6);
        await story.RefusesAsync(422, "contact_record.before_tenure", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact));
    }

    [Fact]
    public async Task The_same_key_reports_once_also_after_the_end()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        await story.ActsOnceAsync(key => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task To_others_there_is_nothing_to_report_on()
    {
        await using var story = await AtEndAsync();

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.ContactRecords.CreateAsync(id, Before(story)));
    }

    [Fact]
    public async Task A_point_that_was_in_sight_can_be_named_and_nothing_of_it_comes_back()
    {
        await using var story = await Story.AtCasesAsync();
        var points = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items;
        var found = await story.Swift.ContactPoints.CreateAsync(story.Case.Id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = "+8610999000111" });
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        foreach (var point in points.Append(found))
        {
            var contact = Before(story);
            contact.ContactPointId = point.Id;
            var made = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

            Assert.Equal((point.Id, null, null, null), (made.ContactPointId, made.Note, made.TimeZone, made.AccountNumber));
            Assert.Equal(point.Id, (await story.Harbour.ContactRecords.GetAsync(made.Id)).ContactPointId);
            await story.HidesAsync("contact_point.not_found", point.Id, id => story.Swift.ContactPoints.GetAsync(id));
        }
    }

    [Fact]
    public async Task A_point_that_never_was_in_sight_can_not_be_named()
    {
        await using var story = await AtEndAsync();
        var contact = Before(story);

        // Of another debtor; and of this one, but found once the case was over.
        contact.ContactPointId = (await story.Swift.ContactPoints.ListAsync(story.Cases["A-2"].Id)).Items[0].Id;
        await story.RefusesAsync(422, "contact_record.contact_point_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey("key")));

        var again = await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern"));
        var found = await story.Lantern.ContactPoints.CreateAsync(again.Single().Id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = "+8610999000222" });
        contact.ContactPointId = found.Id;
        await story.RefusesAsync(422, "contact_record.contact_point_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey("key")));
        await story.Harbour.ContactPoints.AdoptAsync(found.Id);
        await story.RefusesAsync(422, "contact_record.contact_point_unknown", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task A_late_report_is_judged_by_the_point_and_the_debtor_s_hour()
    {
        await using var story = await Story.AtCasesAsync();
        var point = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items[0].Id;
        await story.Swift.ContactPoints.MarkAsync(point, new NewContactPointMark { Mark = Mark.OptedOut });
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        var contact = Before(story);
        contact.ContactPointId = point;

        Assert.Equal(["CN-OPT-01"], (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact)).Breaches);
    }

    [Fact]
    public async Task A_late_report_is_judged_by_the_notice_that_stood_then()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.DoAsync("notice", story.Case.Id);
        await story.DoAsync("notice", story.Cases["A-2"].Id);
        await story.PassAsync(1);
        await story.DoAsync("withdrawal", story.Cases["A-2"].Id);
        await story.RecallAsync(story.Cases["A-2"]);
        await story.PassAsync(5);
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));

        foreach (var (@case, hours, broken) in ((string, double, string)[])[("A-1", 1.9, ""), ("A-1", 2, "CASE-RECALL"), ("A-1", 25, "CASE-RECALL"), ("A-2", 1.9, ""), ("A-2", 25, "CASE-RECALL"), ("A-2", 26, "")])
        {
            var contact = Before(story);
            contact.OccurredAt = TestDatabase.Start.AddHours(hours);
            Assert.Equal((@case, hours, broken), (@case, hours, string.Join(' ', (await story.Swift.ContactRecords.CreateAsync(story.Cases[@case].Id, contact)).Breaches)));
        }
    }

    [Fact]
    public async Task A_large_assignment_that_is_taken_back_takes_late_reports_before_its_cases_end()
    {
        await using var story = await Story.AtAccountsAsync(1_100);
        await story.PlaceAllAsync();
        var @case = (await story.Swift.AllCasesAsync(story.Assignment.Id))[0];
        var point = (await story.Swift.ContactPoints.ListAsync(@case.Id)).Items[0].Id;
        story.Service.Clock.Advance(TimeSpan.FromHours(2));

        // Nobody carries the recall on: sight has ended, and the cases have not.
        foreach (var service in story.Service.Services.GetServices<IHostedService>().Where(service => service is AssignmentWorker or AssignmentSweep))
        {
            await service.StopAsync(TestContext.Current.CancellationToken);
        }

        await story.Harbour.Assignments.RecallAsync(story.Assignment.Id, new AssignmentRecall { Reason = RecallReason.Breach });
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(CaseState.Active, (await story.Harbour.Cases.GetAsync(@case.Id)).State);
        var contact = Before(story);
        contact.ContactPointId = point;

        await story.HidesAsync("case.not_found", @case.Id, id => story.Swift.Cases.GetAsync(id));
        var made = await story.Swift.ContactRecords.CreateAsync(@case.Id, contact);
        Assert.Null(made.Note);
        var paid = await story.Swift.Repayments.CreateAsync(@case.Id, new NewRepayment { Amount = Story.Cny(100), PaidOn = story.Today });
        Assert.Equal(@case.Id, paid.CaseId);
        contact.OccurredAt = TestDatabase.Start.AddHours(2).AddMinutes(6);
        await story.RefusesAsync(422, "contact_record.after_tenure", () => story.Swift.ContactRecords.CreateAsync(@case.Id, contact, CallOptions.WithKey("key")));

        // The cases end as of the recall, and the window stays the one that it began.
        await story.Service.Services.GetRequiredService<AssignmentSteps>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal((CaseState.Recalled, TestDatabase.Start.AddHours(2)), ((await story.Harbour.Cases.GetAsync(@case.Id)).State, (await story.Harbour.Cases.GetAsync(@case.Id)).EndedAt));
        Assert.True((await story.Swift.ContactRecords.GetAsync(made.Id)).Late);
        story.Service.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        await story.Swift.ContactRecords.CreateAsync(@case.Id, Before(story));
        story.Service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await story.RefusesAsync(404, "case.not_found", () => story.Swift.ContactRecords.CreateAsync(@case.Id, Before(story), CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task A_correction_is_taken_late_too()
    {
        await using var story = await Story.AtCasesAsync();
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        var contact = Before(story);
        (contact.OccurredAt, contact.Supersedes) = (TestDatabase.Start, wrong.Id);

        var right = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact);

        Assert.Equal(right.Id, (await story.Harbour.ContactRecords.GetAsync(wrong.Id)).SupersededBy);
    }

    // Worked for two hours, recalled, and an hour has passed.
    private static async Task<Story> AtEndAsync()
    {
        var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));
        return story;
    }

    private static NewContactRecord Before(Story story)
    {
        var contact = story.Call("Seen before the end");
        contact.OccurredAt = TestDatabase.Start.AddHours(1);
        return contact;
    }
}

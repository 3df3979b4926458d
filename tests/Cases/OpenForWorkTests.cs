using System.Collections.Concurrent;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Agency.Tests.Cases;

/// <summary>A person opens a case and is shown whom to call, in one step that is written down and counted.</summary>
public sealed class OpenForWorkTests
{
    private const string Name = "Example Wanderer";
    private const string Phone = "+8610000000077";
    private const string IdNumber = "TEST0000ID7788";

    [Fact]
    public async Task A_collector_opens_a_case_and_is_shown_name_and_contact_points_but_no_id_number()
    {
        await using var story = await AtDeskAsync();
        var collector = story.Service.As("collector@swift.example");
        var point = (await collector.ContactPoints.ListAsync(story.Case.Id)).Items.Single();
        await collector.ContactPoints.MarkAsync(point.Id, new NewContactPointMark { Mark = Mark.Valid });
        await collector.ContactPoints.CreateAsync(story.Case.Id, new NewContactPoint { Kind = ContactPointKind.Email, Value = "other@example.test", Party = Party.LiableParty, HolderName = "Example Guarantor" });

        var answer = await collector.Http.PostAsync(new Uri($"/v1/cases/{story.Case.Id}/work", UriKind.Relative), null);
        var shown = await collector.Cases.WorkAsync(story.Case.Id);

        Assert.Equal((Name, "Asia/Shanghai"), (shown.Name, shown.TimeZone));
        Assert.Equal(
            [(ContactPointKind.Email, "other@example.test", "Example Guarantor", Party.LiableParty, ContactPointStatus.Unverified), (ContactPointKind.Phone, Phone, null, Party.Debtor, ContactPointStatus.Valid)],
            shown.ContactPoints.Select(p => (p.Kind, p.Value, p.Holder, p.Party, p.Status)));
        Assert.DoesNotContain("7788", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(
            $"2||{await story.Swift.PersonAsync("collector"):N}|swift",
            story.Service.Database.Scalar("""
                SELECT COUNT(*) || '|' || COALESCE(MAX(e.detail), '') || '|' || LOWER(HEX(MAX(e.person_id))) || '|' || MAX(t.code)
                FROM base_audit_entry AS e INNER JOIN base_tenant AS t ON t.tenant_id = e.tenant_id WHERE e.action = 'case.worked'
                """));
    }

    [Fact]
    public async Task The_same_key_has_no_meaning_so_that_no_copy_is_kept()
    {
        await using var story = await AtDeskAsync();
        var collector = story.Service.As("collector@swift.example");
        var records = story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record");

        collector.Http.DefaultRequestHeaders.Add("Idempotency-Key", "key");
        await collector.Cases.WorkAsync(story.Case.Id);
        await collector.Cases.WorkAsync(story.Case.Id);

        Assert.Equal("2", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'case.worked'"));
        Assert.Equal(records, story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));
    }

    [Fact]
    public async Task To_other_tenants_and_to_a_colleague_without_it_the_case_does_not_exist()
    {
        await using var story = await AtDeskAsync();
        await story.Service.HireAsync("swift", "second@swift.example", "collector");

        foreach (var person in (string[])["analyst@summit.example", "manager@lantern.example", "second@swift.example"])
        {
            await story.HidesAsync("case.not_found", story.Case.Id, id => story.Service.As(person).Cases.WorkAsync(id));
        }
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await AtDeskAsync();
        var analyst = story.Service.As("analyst@harbour.example");

        await story.RefusesAsync(403, "auth.people_only", () => story.Swift.Cases.WorkAsync(story.Case.Id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Service.As("approver@harbour.example").Cases.WorkAsync(story.Case.Id));
        await analyst.Cases.WorkAsync(story.Case.Id);
        await story.Harbour.Cases.RecallAsync(story.Case.Id, new CaseRecall { Reason = RecallReason.Complaint });
        await story.RefusesAsync(409, "case.is_recalled", () => analyst.Cases.WorkAsync(story.Case.Id));
    }

    [Fact]
    public async Task Above_the_level_of_the_role_one_alarm_a_person_and_day_is_raised_and_the_work_goes_on()
    {
        var log = new Warnings();
        await using var story = await AtDeskAsync(builder =>
        {
            builder.Configuration["WorkAlarm:Levels:collector"] = "2";
            builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        });
        var collector = story.Service.As("collector@swift.example");
        await WorkAsync(collector, story, 2);
        Assert.Equal("0", Alarms(story));

        // Another role has another level.
        await WorkAsync(story.Service.As("manager@swift.example"), story, 4);
        Assert.Equal("0", Alarms(story));

        await WorkAsync(collector, story, 2);
        Assert.Equal("1", Alarms(story));

        var person = await story.Swift.PersonAsync("collector");
        var entry = (await story.Service.As("manager@swift.example").AuditEntries.ListPageAsync(action: "pii.alarm")).Items.Single();
        Assert.Equal((person, "More than 2 cases opened for work in a day, as collector."), (entry.SubjectId, entry.Detail));
        Assert.Equal([person], await AlarmedAsync(story.Service.As("manager@swift.example")));
        Assert.Equal([person], await AlarmedAsync(story.Service.As("admin@harbour.example")));
        Assert.Empty(await AlarmedAsync(story.Lantern));
        Assert.Empty(await AlarmedAsync(story.Summit));
        var warning = Assert.Single(log.Lines, line => line.Contains("for work today", StringComparison.Ordinal));
        Assert.Contains($"{person} of swift opened more than 2 cases", warning, StringComparison.Ordinal);
        Assert.All([Name, Phone, IdNumber], value => Assert.DoesNotContain(value, warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_count_begins_anew_with_the_day_of_the_calendar_that_is_set()
    {
        await using var story = await AtDeskAsync(builder => builder.Configuration["WorkAlarm:Levels:collector"] = "1");
        var collector = story.Service.As("collector@swift.example");

        // It is 10:00 in Shanghai.
        await WorkAsync(collector, story, 1);
        story.Service.Clock.Advance(TimeSpan.FromMinutes((13 * 60) + 59));
        await WorkAsync(collector, story, 1);
        Assert.Equal("1", Alarms(story));

        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        await WorkAsync(collector, story, 1);
        Assert.Equal("1", Alarms(story));
        await WorkAsync(collector, story, 1);
        Assert.Equal("2", Alarms(story));
    }

    [Fact]
    public async Task Many_at_once_are_all_counted_and_raise_one_alarm()
    {
        await using var story = await AtDeskAsync(builder => builder.Configuration["WorkAlarm:Levels:collector"] = "5");
        var collector = story.Service.As("collector@swift.example");
        await WorkAsync(collector, story, 1);

        await Task.WhenAll(Enumerable.Range(0, 19).Select(_ => collector.Cases.WorkAsync(story.Case.Id)));

        Assert.Equal("20", story.Service.Database.Scalar("SELECT opened FROM base_worked_day"));
        Assert.Equal("1", Alarms(story));
    }

    [Theory]
    [InlineData("WorkAlarm:Levels:colector", "1", "there is no such role")]
    [InlineData("WorkAlarm:Levels:collector", "-1", "must not be below zero")]
    [InlineData("WorkAlarm:TimeZone", "Nowhere/Else", "give an IANA name")]
    public async Task A_setting_that_would_go_unnoticed_is_refused_at_the_start(string name, string value, string says)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => TestService.StartAsync(builder => builder.Configuration[name] = value));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task WorkAsync(Side person, Story story, int times)
    {
        for (var time = 0; time < times; time++)
        {
            Assert.Equal(Name, (await person.Cases.WorkAsync(story.Case.Id)).Name);
        }
    }

    private static string? Alarms(Story story) => story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'pii.alarm'");

    private static async Task<List<Guid>> AlarmedAsync(Side side) =>
        [.. (await side.Events.ListPageAsync(1000, changedAfter: "start")).Items.Where(e => e.Type == "person.work_alarm_raised").Select(e => e.Subject.Id)];

    private static async Task<Story> AtDeskAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var story = await Story.AtTenantsAsync(configure);
        await story.PlaceAsync($"""
            account_number,debtor_reference,debtor_name,id_number,phone,principal,oldest_due_date
            A-1,D-1,{Name},{IdNumber},{Phone},1000,2026-01-01
            """, 90);
        await story.Swift.StaffAsync();
        return story;
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}

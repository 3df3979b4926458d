using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>How many cases a day a person may open for work before an alarm is raised, read from the configuration section <c>WorkAlarm</c>.</summary>
/// <param name="Levels">By role, where it is not <see cref="DefaultLevel"/>.</param>
/// <param name="TimeZone">Whose calendar days are counted by.</param>
internal sealed record WorkAlarmSettings(IReadOnlyDictionary<string, int> Levels, TimeZoneInfo TimeZone)
{
    private const int DefaultLevel = 600;
    private const string DefaultTimeZone = "Asia/Shanghai";

    public int LevelOf(string? role) => role is not null && Levels.TryGetValue(role, out var level) ? level : DefaultLevel;

    /// <exception cref="InvalidOperationException">A role nobody has, a level below zero, or a time zone that is none: each would go unnoticed.</exception>
    public static WorkAlarmSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection("WorkAlarm");
        var roles = Roles.Of(TenantKind.Bank).Concat(Roles.Of(TenantKind.Agency)).ToHashSet(StringComparer.Ordinal);
        var levels = section.GetSection("Levels").GetChildren().ToDictionary(
            level => roles.Contains(level.Key) ? level.Key : throw new InvalidOperationException($"WorkAlarm:Levels:{level.Key}: there is no such role; there are {string.Join(", ", roles.Order(StringComparer.Ordinal))}."),
            level => level.Get<int>() is >= 0 and var number ? number : throw new InvalidOperationException($"WorkAlarm:Levels:{level.Key} must not be below zero."),
            StringComparer.Ordinal);
        var zone = section["TimeZone"] ?? DefaultTimeZone;
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? new(levels, found)
            : throw new InvalidOperationException($"WorkAlarm:TimeZone is '{zone}': give an IANA name such as {DefaultTimeZone}.");
    }
}

/// <summary>
/// Counts the cases that a person opens for work, one row a person and day. Whoever opens more than the level of the role goes on working;
/// the tenant is told, once a day.
/// </summary>
internal sealed partial class WorkAlarm(WorkAlarmSettings settings, ILogger<WorkAlarm> log)
{
    // Two that open a first case at once wait for each other here, though there is no row yet.
    private static readonly Sql Find = new("SELECT opened, alarmed_at FROM worked_day WITH (UPDLOCK, HOLDLOCK) WHERE tenant_id = @tenant AND person_id = @person AND day = @day");
    private static readonly Sql Insert = new("INSERT INTO worked_day (tenant_id, person_id, day, opened, alarmed_at) VALUES (@tenant, @person, @day, @opened, @alarmedAt)");
    private static readonly Sql Update = new("UPDATE worked_day SET opened = @opened, alarmed_at = @alarmedAt WHERE tenant_id = @tenant AND person_id = @person AND day = @day");

    /// <summary>Counts one case that the person has just opened, and raises the alarm where it is the one too many.</summary>
    public async Task CountAsync(Work work, Id person, CaseRow @case, CancellationToken cancellation)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(work.Now, settings.TimeZone).DateTime);
        var before = await work.Db.FindAsync<Counted>(Find, new { tenant = work.Tenant, person, day }, cancellation);
        var opened = (before?.Opened ?? 0) + 1;
        var level = settings.LevelOf(work.Caller.Role);
        var isPassed = opened > level && before?.AlarmedAt is null;
        var counted = new { tenant = work.Tenant, person, day, opened, alarmedAt = isPassed ? work.Now : before?.AlarmedAt };
        await work.Db.ExecuteAsync(before is null ? Insert : Update, counted, cancellation);
        if (isPassed)
        {
            await RaiseAsync(work, person, @case, level);
        }
    }

    // The bank is told too: it is its debtors' data. The event names no case, so that it stands in no case's timeline.
    private async Task RaiseAsync(Work work, Id person, CaseRow @case, int level)
    {
        await work.AuditAsync("pii.alarm", person, FormattableString.Invariant($"More than {level} cases opened for work in a day, as {work.Caller.Role}."));
        await work.EmitAsync(new("person.work_alarm_raised", person, @case.BankId, work.Caller.IsBank ? null : work.Tenant));
        var (tenant, role) = (work.Caller.Tenant.Code, work.Caller.Role);
        work.AfterCommit(_ =>
        {
            LogAlarm(person, tenant, level, role);
            return Task.CompletedTask;
        });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Person {Person} of {Tenant} opened more than {Level} cases for work today, the alarm level of a {Role}")]
    private partial void LogAlarm(Id person, string tenant, int level, string? role);

    private sealed record Counted(int Opened, DateTimeOffset? AlarmedAt);
}

using System.Buffers.Binary;
using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;

namespace Agency.Api.Worklist;

/// <summary>What a case is ranked by, as stored.</summary>
internal sealed record WorklistKey(
    int BankId, Id CaseId, DateOnly OldestDueDate, long Balance, DateTimeOffset LastContactAt, DateOnly NextPromiseOn, string TimeZone, bool IsHeld, bool AsksCallback)
{
    /// <summary>By the debtor's calendar; null when contact was never sought.</summary>
    public int? DaysSinceContact(DateTimeOffset now) =>
        LastContactAt > CaseOrder.Never ? Days.In(TimeZone, now).DayNumber - Days.In(TimeZone, LastContactAt).DayNumber : null;

    /// <summary>By the day that the account's days past due are counted to; null in the last cycle.</summary>
    public int? DaysToNextCycle(DateTimeOffset now) => DaysPastDue.ToNextCycle(OldestDueDate, DateOnly.FromDateTime(now.UtcDateTime));
}

/// <summary>The order of the worklist: this and nothing else.</summary>
internal static class Ranking
{
    private const int SilentFrom = 7;
    private const int RollsWithin = 3;

    // Who has just been called is not called again at once, and the next case is another one, though the promise stays due for days.
    private static readonly TimeSpan Rest = TimeSpan.FromHours(2);

    /// <summary>Where a case stands at this instant.</summary>
    public static WorklistPlace Of(WorklistKey key, DateTimeOffset now)
    {
        var silent = key.DaysSinceContact(now);
        var isWorked = silent <= 0;
        var isResting = isWorked && now - key.LastContactAt < Rest;
        var rolls = key.DaysToNextCycle(now);
        return key switch
        {
            { IsHeld: true } => At(WorklistReason.Held, 0, -key.Balance),
            _ when !isResting && key.NextPromiseOn <= Days.In(key.TimeZone, now) => At(WorklistReason.PromiseDue, key.NextPromiseOn.DayNumber, -key.Balance),
            { AsksCallback: true } when !isResting => At(WorklistReason.Callback, key.LastContactAt.UtcTicks, -key.Balance),
            _ when isWorked => At(WorklistReason.WorkedToday, key.LastContactAt.UtcTicks, -key.Balance),
            _ when silent is null or >= SilentFrom => At(WorklistReason.Silence, -(silent ?? long.MaxValue), -key.Balance),
            _ when rolls <= RollsWithin => At(WorklistReason.DaysPastDue, rolls.Value, -key.Balance),
            _ => At(WorklistReason.Balance, 0, -key.Balance),
        };

        WorklistPlace At(WorklistReason reason, long first, long second) => new(reason, first, second, key.CaseId);
    }
}

/// <summary>A place in the worklist: places compare by the reason, then by two numbers of its own, then by the case, so that no two are one.</summary>
internal readonly record struct WorklistPlace(WorklistReason Reason, long First, long Second, Id Case)
{
    private const int CaseAt = 1 + sizeof(long) + sizeof(long);

    public static Comparer<WorklistPlace> Order { get; } = Comparer<WorklistPlace>.Create(static (left, right) =>
        left.Reason != right.Reason ? left.Reason.CompareTo(right.Reason)
        : left.First != right.First ? left.First.CompareTo(right.First)
        : left.Second != right.Second ? left.Second.CompareTo(right.Second)
        : left.Case.CompareTo(right.Case));

    public static WorklistPlace? Read(byte[] bytes) => bytes.Length != CaseAt + 16
        ? null
        : new(
            (WorklistReason)bytes[0], BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1 + sizeof(long))),
            Id.FromBytes(bytes.AsSpan(CaseAt)));

    public byte[] Write()
    {
        var bytes = new byte[CaseAt + 16];
        bytes[0] = (byte)Reason;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), First);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1 + sizeof(long)), Second);
        Case.ToBytes().CopyTo(bytes, CaseAt);
        return bytes;
    }
}

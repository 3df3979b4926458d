namespace Agency.Sdk;

/// <summary>How far a file has come.</summary>
/// <param name="BytesSent">How much of the file has been sent.</param>
/// <param name="BytesInAll">The file's size; absent where its stream does not tell.</param>
/// <param name="Import">The import, once the file is accepted: rows read, accepted and rejected so far.</param>
public readonly record struct ImportProgress(long BytesSent, long? BytesInAll, Import? Import);

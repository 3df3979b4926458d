using System.Text.Json.Serialization;

namespace Agency.Sdk;

/// <summary>What an operation answers with, and the answer it came in.</summary>
public abstract class Answered
{
    /// <summary>The answer as it came; absent for what was not read from the API, such as an item of a page.</summary>
    [JsonIgnore]
    public Answer? RawAnswer { get; internal set; }

    /// <summary>The tag to give to a change of this; absent where the thing has none, and for items of a page.</summary>
    [JsonIgnore]
    public ETag? ETag => RawAnswer?.ETag;
}

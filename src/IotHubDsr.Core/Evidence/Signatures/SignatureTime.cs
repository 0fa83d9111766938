using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Evidence.Signatures;

/// <summary>
/// The rules for the time of a signature. What a signature says of its own time is a claim: it must lie between what is signed and now, and
/// the signer's certificate must be valid at a time that the signer cannot choose, which is now, or that of a trusted time stamp.
/// </summary>
internal static class SignatureTime
{
    /// <summary>By how much the clocks of two honest machines may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Why a claimed time is impossible; null if it is plausible.</summary>
    /// <param name="claimed">What the signature says.</param>
    /// <param name="earliest">When what is signed was made, or the newest time in it.</param>
    /// <param name="now">Now.</param>
    public static string? Doubt(DateTimeOffset claimed, DateTimeOffset earliest, DateTimeOffset now)
    {
        if (claimed > now + Skew)
            return $"it is dated {claimed.UtcDateTime:u}, but it is now {now.UtcDateTime:u}";
        return claimed < earliest - Skew
            ? $"it is dated {claimed.UtcDateTime:u}, but is about what happened at {earliest.UtcDateTime:u}"
            : null;
    }

    /// <summary>Why the certificate of a signer was not valid at a time that it claims; null when it was.</summary>
    public static string? DoubtOfValidity(X509Certificate2 signer, DateTimeOffset claimed) =>
        SigningKey.IsValidAt(signer, claimed)
        || SigningKey.IsValidAt(signer, claimed + Skew)
        || SigningKey.IsValidAt(signer, claimed - Skew)
            ? null
            : $"it is dated {claimed.UtcDateTime:u}, when its signer's certificate was not valid";

    /// <summary>Why the time of a trusted time stamp contradicts what a signature says; null when it does not.</summary>
    public static string? DoubtOfStamp(DateTimeOffset stamped, DateTimeOffset? claimed, DateTimeOffset earliest, DateTimeOffset now)
    {
        if (claimed > stamped + Skew)
            return $"it is dated {claimed.Value.UtcDateTime:u}, but has a time stamp of {stamped.UtcDateTime:u}";
        return Doubt(stamped, earliest, now) is { } doubt ? $"its time stamp cannot be right: {doubt}" : null;
    }

    /// <summary>
    /// Why nothing shows that a certificate which has ended was used before; null when it has not ended, or a time stamp shows it.
    /// </summary>
    public static string? DoubtOfEnd(X509Certificate2 signer, DateTimeOffset? stamped, DateTimeOffset now) =>
        stamped is null && now.UtcDateTime > signer.NotAfter.ToUniversalTime()
            ? $"it expired at {signer.NotAfter.ToUniversalTime():u}, and only a time stamp (RFC 3161) of a named authority shows that it "
                + "was used before"
            : null;
}

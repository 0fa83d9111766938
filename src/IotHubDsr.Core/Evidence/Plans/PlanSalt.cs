using System.Security.Cryptography;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Random digits in a plan. The digest of a plan is in the journal and in certificates, which outlive the request's key: without a salt,
/// the ID of a device of which nothing was found could be guessed back from it. The plan, and the salt with it, goes with the key.
/// </summary>
internal static class PlanSalt
{
    private const int Bytes = 32;
    private const int FewestDigits = 32;

    public static string Make() => Convert.ToHexString(RandomNumberGenerator.GetBytes(Bytes)).ToLowerInvariant();

    /// <exception cref="FormatException">It is shorter than 128 bits, or not hexadecimal.</exception>
    public static string Require(string salt) =>
        salt.Length >= FewestDigits && salt.All(char.IsAsciiHexDigitLower) ? salt : throw new FormatException("Its salt is invalid.");
}

using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>Refuses a connection string where the name of a hub is expected, before it can get into an error with its key.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateHubNameAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc />
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if ($"{arguments}".IndexOfAny(['=', ';']) >= 0)
        {
            throw new ValidationMetadataException(
                "This is not a hub name. Pass a connection string with -ConnectionString, as a SecureString (Read-Host "
                    + "-AsSecureString)."
            );
        }
    }
}

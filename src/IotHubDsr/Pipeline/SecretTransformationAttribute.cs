using System.Management.Automation;
using System.Security;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes secrets, and says of a plain text how to make one of it. The text itself is not repeated: errors end up in logs.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? inner = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return inner is null or SecureString
            ? inner
            : throw new ArgumentTransformationMetadataException(
                "This is a secret and must be a SecureString. Enter it with (Read-Host -AsSecureString), read it with (Get-Secret "
                    + "<name>), or convert a variable with (ConvertTo-SecureString $text -AsPlainText -Force)."
            );
    }
}

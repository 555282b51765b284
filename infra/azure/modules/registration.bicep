// The app registration: bot, API of the tab, and Graph application in one. Single tenant, and it has no secret and no certificate: it trusts
// the managed identity of the container.
extension microsoftGraphV1

param uniqueName string
param identityPrincipalId string
param grantDirectoryRead bool

var directoryRead = 'User.ReadBasic.All'

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: '00000003-0000-0000-c000-000000000000'
}

var directoryReadId = filter(graph.appRoles, role => role.value == directoryRead)[0].id

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'Rapport'
  signInAudience: 'AzureADMyOrg'
  requiredResourceAccess: [
    {
      resourceAppId: graph.appId
      resourceAccess: [
        {
          id: directoryReadId
          type: 'Role'
        }
      ]
    }
  ]

  resource trust 'federatedIdentityCredentials@v1.0' = {
    name: '${application.uniqueName}/container'
    description: 'The managed identity of the container stands in for a secret.'
    audiences: ['api://AzureADTokenExchange']
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: identityPrincipalId
  }
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
}

// Mail and calendars are granted in Exchange Online instead, limited to a group (docs/operating.md).
resource directoryGrant 'Microsoft.Graph/appRoleAssignedTo@v1.0' = if (grantDirectoryRead) {
  appRoleId: directoryReadId
  principalId: principal.id
  resourceId: graph.id
}

output appId string = application.appId
output servicePrincipalId string = principal.id
